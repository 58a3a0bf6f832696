import type { EvidenceLine } from '../core/evidence/line.ts';
import { createRecorder, type EvidenceRecorder, type RecorderState } from '../core/evidence/recorder.ts';
import type { Changes, Command, EngineInput, NodeState, SiteEngine } from '../core/incidents/engine.ts';
import type { Incident } from '../core/incidents/incident.ts';
import type { JournalRecord } from '../core/ports/journal.ts';
import type { Decoder } from '../core/readings/decoder.ts';
import type { DecodedMessage, Refusal } from '../core/readings/message.ts';
import type { Site } from '../core/topology/site.ts';
import type { Instant } from '../core/units/time.ts';
import { adoptIncidents } from './adopt.ts';
import type { EngineFactory } from './engine-factory.ts';
import { type Adoption, decodeJournaled, type JournaledSite } from './journaled.ts';
import { isEmpty, mergeChanges, NO_CHANGES } from './merge-changes.ts';
import { createRecordIds } from './record-id.ts';

/** What one record changed in one site. */
export interface Effect {
  readonly site: string;
  readonly position: number;
  readonly at: Instant;
  readonly changes: Changes;
}

/** What the fold tells of on the way; nothing of it may influence the fold. */
export interface FoldListener {
  decoded(site: string, message: DecodedMessage, at: Instant): void;
  refused(refusal: Refusal): void;
  /** The engine threw: our mistake. The input is passed over, the same way each time the record is folded. */
  failed(site: string, offset: number, cause: unknown): void;
  /** `carriedOver`: the engine kept what it knew; false for a site that begins afresh. */
  siteChanged(site: string, version: number, carriedOver: boolean): void;
  blind(from: Instant, to: Instant): void;
  /** Lines of the evidence log; the same ones each time the record is folded. */
  recorded(site: string, lines: readonly EvidenceLine[]): void;
  /** Devices whose reading would prove a return. */
  ask(site: string, devices: readonly string[], at: Instant): void;
}

/** A fold at rest: JSON but for the sites, which are kept apart because they are large and seldom change. */
export interface FoldState {
  readonly next: number;
  readonly lastAt: Instant;
  readonly lastTick: Instant;
  readonly sites: readonly FoldedSite[];
}

export interface FoldedSite {
  readonly site: Site;
  readonly version: number;
  /** Ids of the newest commands, so that one journaled twice acts once. */
  readonly commands: readonly string[];
  /** The engine's snapshot; null for a site whose state is not known, which begins afresh. */
  readonly engine: unknown;
  /** What the evidence log has not written yet; absent for a site that begins afresh. */
  readonly evidence?: RecorderState;
}

/** The journal folded into engines: state is a function of the records alone, whenever and however often it is run. */
export interface Fold {
  apply(record: JournalRecord): readonly Effect[];
  state(): FoldState;
  sites(): readonly Site[];
  nodeStates(site: string): readonly NodeState[];
  /** What may be asked of the site's engine. */
  engineOf(site: string): Pick<SiteEngine, 'remembers' | 'outOfService'> | null;
  openIncidents(site: string): readonly Incident[];
  /** What the evidence log of the site lacks, for now, of everything before `at`. */
  openEvidence(site: string): { readonly at: Instant; readonly lines: readonly EvidenceLine[] };
  /** Version of the site as far as the fold has come; null before it appeared. */
  versionOf(site: string): number | null;
}

export interface FoldDeps {
  readonly engines: EngineFactory;
  readonly createDecoder: (sites: { get(id: string): Site | undefined; all(): Iterable<Site> }) => Decoder;
  readonly listener: FoldListener;
}

interface Member {
  site: Site;
  version: number;
  engine: SiteEngine;
  readonly recorder: EvidenceRecorder;
  readonly commands: Set<string>;
}

const COMMANDS_REMEMBERED = 1_000;
const HOUR_MS = 3_600_000;
/** A longer gap between ticks was no listening: a restart says so in the journal, and nothing is made up for it. */
const TICKS_MADE_UP = 5;

export function createFold(deps: FoldDeps, from: FoldState | null): Fold {
  const { engines, listener } = deps;
  const members = new Map<string, Member>();
  let offset = 0;
  let lastAt = from?.lastAt ?? 0;
  let lastTick = from?.lastTick ?? 0;
  let next = from?.next ?? 0;

  const decoder = deps.createDecoder({
    get: (id) => members.get(id)?.site,
    all: function* () {
      for (const member of members.values()) yield member.site;
    },
  });

  for (const { site, version, commands, engine, evidence } of from?.sites ?? []) {
    const id = site.site.id;
    const restored =
      engine === null
        ? engines.create(site, newIdOf(id), lastAt)
        : engines.restore(site, engine, newIdOf(id));
    const recorder = createRecorder(evidence ?? null);
    members.set(id, { site, version, engine: restored, recorder, commands: new Set(commands) });
  }

  function newIdOf(site: string) {
    return createRecordIds(site, () => offset);
  }

  function give(id: string, member: Member, input: EngineInput): Changes {
    if (input.kind === 'command') logLines(id, member.recorder.command(input.at, offset, input.command));
    try {
      return member.engine.apply(input);
    } catch (cause) {
      listener.failed(id, offset, cause);
      return NO_CHANGES;
    }
  }

  function logLines(site: string, lines: readonly EvidenceLine[]): void {
    if (lines.length > 0) listener.recorded(site, lines);
  }

  /** At each full hour what is open is written, and what stands is said again: the log can be read from there on. */
  function turnHour(at: Instant): void {
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
    if (hour <= lastAt) return;
    for (const [id, { engine, recorder }] of members)
      logLines(id, recorder.turn(hour, offset, engine.standing?.() ?? []));
  }

  function giveAll(input: EngineInput): Effect[] {
    const effects: Effect[] = [];
    for (const [id, member] of members) addEffect(effects, id, input.at, give(id, member, input));
    return effects;
  }

  function addEffect(effects: Effect[], site: string, at: Instant, changes: Changes): void {
    if (isEmpty(changes)) return;
    const index = effects.findIndex((effect) => effect.site === site);
    const known = effects[index];
    if (known === undefined) effects.push({ site, position: offset, at, changes });
    else effects[index] = { ...known, at, changes: mergeChanges(known.changes, changes) };
  }

  function applyMessage(raw: JournalRecord): readonly Effect[] {
    const decoded = decoder.decode(raw.topic, raw.payload, raw.at);
    if (!('message' in decoded)) {
      listener.refused(decoded);
      return [];
    }
    const { site, message } = decoded;
    listener.decoded(site, message, raw.at);
    const member = members.get(site);
    if (member === undefined) return [];
    const { engine, recorder } = member;
    const changes = give(site, member, { kind: 'message', at: raw.at, message, stored: raw.stored });
    if (!raw.stored) logLines(site, recorder.message(raw, message, engine.heard?.() ?? null));
    return isEmpty(changes) ? [] : [{ site, position: offset, at: raw.at, changes }];
  }

  /** A tick record stands for the last whole second before it, and for the few before that which a busy loop missed. */
  function applyTick(record: JournalRecord): readonly Effect[] {
    const second = Math.floor(record.at / 1_000) * 1_000;
    const first = Math.max(
      lastTick + 1_000,
      second - (TICKS_MADE_UP - 1) * 1_000,
      Math.ceil(lastAt / 1_000) * 1_000,
    );
    let effects: Effect[] = [];
    for (let at = first; at <= second; at += 1_000) {
      lastTick = at;
      for (const effect of giveAll({ kind: 'tick', at })) addEffect(effects, effect.site, at, effect.changes);
      for (const [id, { engine }] of members)
        if (engine.asks().length > 0) listener.ask(id, engine.asks(), at);
    }
    effects = effects.filter((effect) => !isEmpty(effect.changes));
    return effects;
  }

  function applyCommand(record: JournalRecord): readonly Effect[] {
    const journaled = decodeJournaled(record.payload);
    if (journaled === null) {
      listener.failed(
        record.topic,
        offset,
        new Error('the journal holds a command this program does not know'),
      );
      return [];
    }
    if (journaled.type === 'site') return applySite(journaled, record.at);
    if (journaled.type === 'adopt') return applyAdoption(record, journaled);
    const input: EngineInput = { kind: 'command', at: record.at, command: journaled.command };
    if (record.topic === '') {
      if (journaled.command.type === 'ingest_restart') {
        listener.blind(journaled.command.blindFrom ?? lastAt, record.at);
        lastTick = Math.max(lastTick, Math.floor(record.at / 1_000) * 1_000 - 1_000);
      }
      return giveAll(input);
    }
    return giveOnce(record, journaled.id, (member) => give(record.topic, member, input));
  }

  function giveOnce(record: JournalRecord, id: string, act: (member: Member) => Changes): readonly Effect[] {
    const member = members.get(record.topic);
    if (member === undefined || !remember(member.commands, id)) return [];
    const changes = act(member);
    return isEmpty(changes) ? [] : [{ site: record.topic, position: offset, at: record.at, changes }];
  }

  function applyAdoption(record: JournalRecord, adoption: Adoption): readonly Effect[] {
    return giveOnce(record, adoption.id, (member) => {
      const command = (asked: Command) =>
        give(record.topic, member, { kind: 'command', at: record.at, command: asked });
      return adoptIncidents(adoption, record.at, member.engine.openIncidents(), command);
    });
  }

  /** Null when what the engine knows cannot be kept. */
  function rebuild(known: Member, site: Site): SiteEngine | null {
    const id = site.site.id;
    try {
      const snapshot = known.engine.snapshot();
      if (sameNetwork(known.site, site)) return engines.restore(site, snapshot, newIdOf(id));
      return engines.carryOver?.(known.site, snapshot, site, newIdOf(id)) ?? null;
    } catch (cause) {
      listener.failed(id, offset, cause);
      return null;
    }
  }

  function applySite({ site, version, afresh }: JournaledSite, at: Instant): readonly Effect[] {
    const id = site.site.id;
    const known = members.get(id);
    if (known !== undefined && known.version === version && !afresh) return [];
    const engine = known === undefined || afresh ? null : rebuild(known, site);
    const carriedOver = engine !== null;
    const commands = known?.commands ?? new Set<string>();
    const recorder = known?.recorder ?? createRecorder(null);
    if (engine === null) logLines(id, recorder.turn(at, offset, []));
    members.set(id, {
      site,
      version,
      engine: engine ?? engines.create(site, newIdOf(id), lastAt),
      recorder,
      commands,
    });
    listener.siteChanged(id, version, carriedOver);
    return [];
  }

  return {
    apply(record) {
      offset = record.offset;
      turnHour(record.at);
      const effects =
        record.kind === 'message'
          ? applyMessage(record)
          : record.kind === 'tick'
            ? applyTick(record)
            : applyCommand(record);
      lastAt = record.kind === 'tick' ? Math.max(lastAt, lastTick) : record.at;
      next = record.offset + 1;
      return effects;
    },
    state: () => ({
      next,
      lastAt,
      lastTick,
      sites: [...members.values()].map((member) => ({
        site: member.site,
        version: member.version,
        commands: [...member.commands],
        engine: member.engine.snapshot(),
        evidence: member.recorder.state(),
      })),
    }),
    sites: () => [...members.values()].map((member) => member.site),
    nodeStates: (site) => members.get(site)?.engine.nodeStates() ?? [],
    engineOf: (site) => members.get(site)?.engine ?? null,
    openIncidents: (site) => members.get(site)?.engine.openIncidents() ?? [],
    openEvidence: (site) => ({ at: lastAt, lines: members.get(site)?.recorder.open() ?? [] }),
    versionOf: (site) => members.get(site)?.version ?? null,
  };
}

/** False when the id is known already; the oldest go first. */
function remember(ids: Set<string>, id: string): boolean {
  if (ids.has(id)) return false;
  ids.add(id);
  for (const oldest of ids) {
    if (ids.size <= COMMANDS_REMEMBERED) break;
    ids.delete(oldest);
  }
  return true;
}

/** An engine may number nodes and devices in the order of the site file: only an equal one keeps the numbers' meaning. */
function sameNetwork(a: Site, b: Site): boolean {
  const shape = ({ nodes, ties, transfers, gateways, devices }: Site) =>
    JSON.stringify([nodes, ties, transfers, gateways, devices]);
  return shape(a) === shape(b);
}
