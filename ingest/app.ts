import type { Command } from '../core/incidents/engine.ts';
import type { Bus } from '../core/ports/bus.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { EventLog } from '../core/ports/event-log.ts';
import type { EvidenceLog } from '../core/ports/evidence-log.ts';
import type { CommandQueue, IncidentStore, IngestWrite, LeaseStore } from '../core/ports/incident-store.ts';
import type { IngestStatus, IngestView, JournalLag } from '../core/ports/ingest-view.ts';
import { type Journal, JournalError, type MessageIntake } from '../core/ports/journal.ts';
import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { SiteDirectory } from '../core/ports/site-directory.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import { createDecoder } from '../core/readings/decoder.ts';
import type { Profiles } from '../core/readings/profile.ts';
import type { Instant } from '../core/units/time.ts';
import { createApplyQueue } from './apply-queue.ts';
import { createCommandPump } from './commands.ts';
import { createDetectLoop, type DetectLoop } from './detect-loop.ts';
import type { EngineFactory } from './engine-factory.ts';
import { createEvidenceWriter, type EvidenceWriter } from './evidence-writer.ts';
import { createFold, type Fold, type FoldListener, type FoldState } from './fold.ts';
import { readHolder } from './holder.ts';
import { encodeJournaled, type Journaled } from './journaled.ts';
import { createLeases, LEASE_TTL_MS, type Leases } from './leases.ts';
import { createLiveValues } from './live-values.ts';
import { createSnapshots } from './snapshots.ts';
import { createTicker } from './ticker.ts';

export interface IngestDeps {
  /** Opened with a reader called `detect`; whoever opened it closes it, after ingest has stopped. */
  readonly journal: Journal;
  /** Ingest's own files: snapshots and its name as holder of leases. */
  readonly directory: string;
  readonly sites: SiteDirectory;
  readonly profiles: Profiles;
  readonly engines: EngineFactory;
  readonly incidents: IncidentStore;
  readonly evidence: Pick<EvidenceLog, 'add'>;
  readonly leases: LeaseStore;
  readonly commands: CommandQueue;
  readonly events: EventLog;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Readers of the journal beside detection, for the status. */
  readonly otherReaders?: () => readonly JournalLag[];
  readonly snapshotInterval_ms?: number;
}

export interface Ingest extends Lifecycle, IngestView {
  readonly intake: MessageIntake;
  /** Tells every site's engine something that no person asked for: the broker was restarted. */
  announce(command: Command): void;
  /** Hears which devices of sites that are ours detection wants a reading from, now. */
  onAsk(listener: (site: string, devices: readonly string[]) => void): void;
  /** Whether this instance has the site's lease; before `start` no site is anybody's. */
  holds(site: string): boolean;
  /** Resolves true when everything accepted so far is folded and stored; for tests and proofs. */
  settled(within_ms: number): Promise<boolean>;
}

const POLL_MS = 2_000;
const ASK_WITHIN_MS = 10_000;
const NOTHING = new Uint8Array(0);
const STOP_WITHIN_MS = 5_000;

/** Sources -> journal -> engines -> incidents, for every site whose lease is ours. */
export function createIngest(deps: IngestDeps): Ingest {
  const { journal, sites, bus, clock, log, telemetry } = deps;
  const live = createLiveValues(bus);
  const refused = new Map<string, number>();
  const snapshots = createSnapshots(deps.directory, log);
  /** Sites that began without known state: the store may know open incidents of them. */
  const afresh = new Set<string>();
  const asking = new Set<(site: string, devices: readonly string[]) => void>();
  const undo: (() => void)[] = [];
  const timers: NodeJS.Timeout[] = [];

  let leases: Leases | null = null;
  let fold: Fold | null = null;
  let loop: DetectLoop | null = null;
  let evidence: EvidenceWriter | null = null;
  let queueError: () => string | null = () => null;
  let effectsWaiting: () => number = () => 0;
  let phase: 'new' | 'running' | 'stopped' = 'new';
  let startedAt = 0;
  let accepted = 0;
  let lastMessageAt: Instant | null = null;
  let lastFoldedAt: Instant = 0;
  let blind: IngestStatus['blind'] = null;

  // --- into the journal -------------------------------------------------------------------------------------------

  const ticker = createTicker({
    clock,
    tick: () => journal.append('tick', '', NOTHING, false, () => undefined),
    deaf: (from) => {
      log.warn('ingest did not listen for a while: stopped, or the clock leapt', {
        from,
        until: clock.now(),
      });
      announce({ type: 'ingest_restart', blindFrom: from });
    },
  });

  const intake: MessageIntake = {
    accept(topic, payload, stored, done) {
      if (phase !== 'running') {
        done(new JournalError('journal_closed', 'ingest is not running'));
        return;
      }
      if (leases !== null && leases.foreign().size > 0 && leases.isForeign(siteOf(topic))) {
        // Its new holder has the site: whoever sent this must not believe that we have taken it.
        telemetry.count('relight_messages_total', { outcome: 'foreign_site' });
        return;
      }
      ticker.due();
      accepted += 1;
      lastMessageAt = clock.now();
      journal.append('message', topic, payload, stored, done);
    },
  };

  function record(site: string, journaled: Journaled): Promise<void> {
    return new Promise((resolve, reject) => {
      ticker.due();
      journal.append('command', site, encodeJournaled(journaled), false, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  function announce(command: Command): void {
    record('', { id: `${command.type}-${clock.now()}`, type: 'command', command }).catch((cause: unknown) =>
      log.error('the journal did not take an announcement', { type: command.type, cause }),
    );
  }

  function recordSite(id: string, anew = false): void {
    const stored = sites.get(id);
    if (stored === undefined) return;
    const { site, version } = stored;
    record(id, { id: `site-${id}-${version}`, type: 'site', version, site, afresh: anew }).catch(
      (cause: unknown) => log.error('the journal did not take a changed site', { site: id, version, cause }),
    );
  }

  // --- out of the fold --------------------------------------------------------------------------------------------

  const listener: FoldListener = {
    decoded(site, message, at) {
      lastFoldedAt = at;
      live.note(site, message, at);
    },
    refused({ reason }) {
      refused.set(reason, (refused.get(reason) ?? 0) + 1);
      telemetry.count('relight_messages_refused_total', { reason });
    },
    failed(site, offset, cause) {
      telemetry.count('relight_detection_failures_total');
      log.error('detection passed over an input it could not handle', { site, offset, cause });
    },
    siteChanged(site, version, carriedOver) {
      if (!carriedOver) afresh.add(site);
      log.info('detection works with a new version of the site', { site, version, carriedOver });
    },
    blind(from, to) {
      blind = { from, to };
    },
    recorded(site, lines) {
      evidence?.push(site, lines);
    },
    ask(site, devices, at) {
      // What is folded again after a restart was asked at its time.
      if (clock.now() - at <= ASK_WITHIN_MS && leases?.epochOf(site) !== null)
        for (const listener of asking) listener(site, devices);
    },
  };

  function applied(write: IngestWrite, outcome: 'applied' | 'already'): void {
    telemetry.count('relight_incident_writes_total', { outcome });
    if (outcome === 'already') return;
    if (write.changes.notices.length > 0) bus.publish('notices', { site: write.site });
    nudge(write.site);
  }

  function nudge(site: string): void {
    deps.events.head(site).then(
      (seq) => bus.publish('events', { site, seq }),
      // A nudge may be lost.
      () => undefined,
    );
  }

  /** Incidents the store has open and no engine knows are given a successor (see `adopt.ts`). */
  async function adoptOrphans(site: string): Promise<void> {
    const before = fold?.openIncidents(site) ?? [];
    const open = await deps.incidents.list({ sites: [site], open: true, limit: 1_000 });
    // One that ended while the store was asked is known all the same.
    const known = new Set([...before, ...(fold?.openIncidents(site) ?? [])].map((incident) => incident.id));
    const incidents = open.filter((incident) => !known.has(incident.id));
    if (incidents.length === 0) return;
    const interruptions = [];
    for (const incident of incidents) {
      interruptions.push(
        ...(await deps.incidents.interruptions({ site, incident: incident.id, open: true, limit: 10_000 })),
      );
    }
    const ids = incidents.map((incident) => incident.id);
    log.error('open incidents were unknown to detection and are carried over', { site, incidents: ids });
    await record(site, { id: `adopt-${clock.now()}`, type: 'adopt', incidents, interruptions });
  }

  function caughtUp(): void {
    for (const site of afresh) {
      // What is on its way to the store would look open there.
      if (leases?.epochOf(site) === null || effectsWaiting() > 0) continue;
      afresh.delete(site);
      adoptOrphans(site).catch((cause: unknown) => {
        afresh.add(site);
        log.warn('open incidents could not be compared with the store; trying again', { site, cause });
      });
    }
  }

  // --- life -------------------------------------------------------------------------------------------------------

  async function restoreFold(): Promise<{ fold: Fold; from: number; lastAt: Instant | null }> {
    const foldDeps = {
      engines: deps.engines,
      createDecoder: (lookup: Parameters<typeof createDecoder>[0]) => createDecoder(lookup, deps.profiles),
      listener,
    };
    for (const state of await snapshots.load()) {
      try {
        const restored = createFold(foldDeps, state);
        if (state.next < journal.position('detect')) {
          log.error('the journal no longer holds everything after the snapshot', { next: state.next });
        }
        return { fold: restored, from: state.next, lastAt: state.lastAt };
      } catch (cause) {
        log.warn('a snapshot of detection does not fit this program', { next: state.next, cause });
      }
    }
    const state = stateWithout(journal, sites);
    for (const { site } of state.sites) afresh.add(site.site.id);
    return { fold: createFold(foldDeps, state), from: state.next, lastAt: null };
  }

  async function gain(): Promise<void> {
    const gained = await leases?.acquire(sites.all().map(({ site }) => site.site.id));
    if (gained === undefined || gained.length === 0) return;
    // Another instance may have written these sites until now, with offsets of its own journal.
    journal.leap();
    for (const site of gained) recordSite(site, true);
  }

  async function tendLeases(): Promise<void> {
    try {
      await leases?.renew();
      await gain();
    } catch (cause) {
      log.warn('leases could not be renewed; trying again', { cause });
    }
  }

  async function tellRestart(from: Instant, to: Instant): Promise<void> {
    for (const { site } of sites.all()) {
      const id = site.site.id;
      if (leases?.epochOf(id) === null) continue;
      try {
        await deps.events.append(id, to, 'ingest', { event: 'restarted', blindFrom: from, blindTo: to });
        nudge(id);
      } catch (cause) {
        log.warn('the restart could not be noted in the event log', { site: id, cause });
      }
    }
  }

  async function start(): Promise<void> {
    const holder = await readHolder(deps.directory);
    const held = createLeases({ store: deps.leases, holder, clock, log, telemetry });
    leases = held;
    await held.acquire(sites.all().map(({ site }) => site.site.id));

    const restored = await restoreFold();
    fold = restored.fold;
    const queue = createApplyQueue({
      store: deps.incidents,
      epochOf: held.epochOf,
      applied,
      lost: held.lose,
      log,
      telemetry,
    });
    const writer = createEvidenceWriter({
      store: deps.evidence,
      epochOf: held.epochOf,
      lost: held.lose,
      log,
      telemetry,
    });
    evidence = writer;
    queueError = queue.error;
    effectsWaiting = queue.waiting;
    loop = createDetectLoop({
      journal,
      fold,
      from: restored.from,
      queue,
      evidence: writer,
      snapshots,
      caughtUp,
      log,
      ...(deps.snapshotInterval_ms === undefined ? {} : { snapshotInterval_ms: deps.snapshotInterval_ms }),
    });

    startedAt = clock.now();
    ticker.start();
    const blindFrom = journal.found()?.lastAt ?? restored.lastAt;
    if (blindFrom !== null) {
      announce({ type: 'ingest_restart', blindFrom });
      void tellRestart(blindFrom, startedAt);
    }
    for (const { site, version } of sites.all()) {
      const id = site.site.id;
      if (held.epochOf(id) !== null && (afresh.has(id) || fold.versionOf(id) !== version)) recordSite(id);
    }

    phase = 'running';
    loop.start();
    live.start();
    const pump = createCommandPump({
      queue: deps.commands,
      sites: () =>
        sites
          .all()
          .map(({ site }) => site.site.id)
          .filter((id) => held.epochOf(id) !== null),
      journal: record,
      log,
    });
    undo.push(bus.subscribe('command', () => void pump.run()));
    undo.push(bus.subscribe('evidence', ({ site }) => completeEvidence(site)));
    undo.push(sites.onChange((id) => void changed(id)));
    timers.push(setInterval(() => void pump.run(), POLL_MS));
    timers.push(setInterval(() => void tendLeases(), LEASE_TTL_MS / 3));
    timers.push(setInterval(measure, POLL_MS));
    void pump.run();
  }

  async function changed(id: string): Promise<void> {
    if (leases?.epochOf(id) === null) await tendLeases();
    else recordSite(id);
  }

  function completeEvidence(site: string): void {
    if (fold === null || fold.versionOf(site) === null || leases?.epochOf(site) === null) return;
    const { at, lines } = fold.openEvidence(site);
    evidence?.seal(site, lines, at);
  }

  function measure(): void {
    for (const { reader, records, lag_s } of status().readers) {
      telemetry.gauge('relight_journal_lag_records', records, { reader });
      telemetry.gauge('relight_journal_lag_seconds', lag_s, { reader });
    }
  }

  async function stop(): Promise<void> {
    if (phase !== 'running') return;
    phase = 'stopped';
    ticker.stop();
    for (const timer of timers.splice(0)) clearInterval(timer);
    for (const off of undo.splice(0)) off();
    await loop?.settled(journal.committedEnd(), STOP_WITHIN_MS);
    await loop?.stop();
    live.stop();
    await leases?.release().catch((cause: unknown) => log.warn('leases were not given back', { cause }));
  }

  function status(): IngestStatus {
    const position = loop?.position() ?? 0;
    const records = journal.lag(position);
    const detect: JournalLag = {
      reader: 'detect',
      records,
      lag_s: records === 0 ? 0 : Math.max(0, (clock.now() - Math.max(lastFoldedAt, startedAt)) / 1_000),
      error: loop?.error() ?? queueError(),
    };
    const { held } = journal.fill();
    return {
      accepting: phase === 'running' && held === 'no',
      startedAt,
      lastMessageAt,
      accepted,
      refused: Object.fromEntries(refused),
      journalFull: held === 'full',
      readers: [detect, ...(deps.otherReaders?.() ?? [])],
      blind,
    };
  }

  return {
    intake,
    announce,
    onAsk: (listener) => void asking.add(listener),
    start,
    stop,
    status,
    holds: (site) => (leases?.epochOf(site) ?? null) !== null,
    nodeStates: (site) => fold?.nodeStates(site) ?? [],
    remembers: (site, incident) => fold?.engineOf(site)?.remembers(incident) ?? false,
    outOfService: (site) => fold?.engineOf(site)?.outOfService() ?? [],
    latest: live.latest,
    settled: async (within_ms) => {
      const end = journal.end();
      const until = performance.now() + within_ms;
      while (journal.committedEnd() < end && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return (await loop?.settled(end, Math.max(0, until - performance.now()))) ?? false;
    },
  };
}

/** Without a usable snapshot every site begins afresh at the oldest record there is. */
function stateWithout(journal: Journal, sites: SiteDirectory): FoldState {
  return {
    next: journal.begin(),
    lastAt: 0,
    lastTick: 0,
    sites: sites.all().map(({ site, version }) => ({ site, version, commands: [], engine: null })),
  };
}

/** Native topics name their site; for other makers' topics the decoder knows it later. */
function siteOf(topic: string): string {
  return topic.startsWith('relight/') ? topic.slice(8, topic.indexOf('/', 8)) : '';
}
