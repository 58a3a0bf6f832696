import type { Incident } from '../core/incidents/incident.ts';
import { estimateOwed, feedbackOwed } from '../core/notices/aftercare.ts';
import type { Bus } from '../core/ports/bus.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { EventRow } from '../core/ports/event-log.ts';
import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { SiteDirectory } from '../core/ports/site-directory.ts';
import type { Stores } from '../core/ports/stores.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import { createBell } from './bell.ts';

/** Its cursor in the event log. */
const CONSUMER = 'aftercare';
const ROWS = 1_000;
const POLL_MS = 5_000;

export interface AftercareDeps {
  readonly stores: Pick<Stores, 'outbox' | 'incidents' | 'estimates' | 'events'>;
  readonly sites: SiteDirectory;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Messages carry links, so that people can answer how it went. */
  readonly asksOwners: boolean;
  readonly poll_ms?: number;
}

/**
 * Owes what follows an outage: the first estimate, and the question how it went. The cursor moves after the messages are
 * owed, and each is owed under a key of its own, so being killed in between owes nothing twice.
 */
export function createAftercare(deps: AftercareDeps): Lifecycle {
  const { stores, sites, bus, clock, log, telemetry } = deps;
  const bell = createBell();
  let stopping = false;
  let loop: Promise<void> = Promise.resolve();
  let unsubscribe = (): void => {};

  async function care(site: string, id: string, what: { readonly closed: boolean }): Promise<void> {
    const stored = sites.get(site)?.site;
    const incident: Incident | null = await stores.incidents.get(site, id);
    if (stored === undefined || incident === null) return;
    const premises = new Map(stored.nodes.map((node) => [node.id, node.premises]));
    const premisesOf = (node: string) => premises.get(node);
    const messages = await stores.outbox.toOwners(site, id);
    const at = clock.now();
    const owed = what.closed
      ? feedbackOwed(incident, premisesOf, messages)
      : estimateOwed(incident, premisesOf, messages, await stores.estimates.ofIncident(site, id), at);
    if (owed.length === 0) return;
    await stores.outbox.owe(site, owed, at);
    bus.publish('notices', { site });
    telemetry.count('relight_aftercare_notices_total', {}, owed.length);
  }

  async function follow(site: string): Promise<void> {
    for (let after = await stores.events.cursor(CONSUMER, site); !stopping; ) {
      const rows = await stores.events.read(site, after, ROWS);
      const last = rows.at(-1);
      if (last === undefined) return;
      for (const id of new Set(deps.asksOwners ? rows.flatMap(closedIncident) : []))
        await care(site, id, { closed: true });
      for (const id of new Set(rows.flatMap(estimatedIncidents))) await care(site, id, { closed: false });
      await stores.events.advance(CONSUMER, site, last.seq);
      after = last.seq;
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      for (const { site } of sites.all()) {
        await follow(site.site.id).catch((error: unknown) => {
          telemetry.count('relight_aftercare_errors_total');
          log.error('what follows outages could not be owed; it will be tried again', {
            error: String(error),
          });
        });
      }
      await bell.sleep(deps.poll_ms ?? POLL_MS);
    }
  }

  return {
    start() {
      stopping = false;
      unsubscribe = bus.subscribe('events', () => bell.ring());
      loop = run();
      return Promise.resolve();
    },
    async stop() {
      unsubscribe();
      stopping = true;
      bell.ring();
      await loop;
    },
  };
}

function closedIncident({ type, body }: EventRow): readonly string[] {
  if (type !== 'incident' || typeof body !== 'object' || body === null) return [];
  const id: unknown = Reflect.get(body, 'id');
  const closed = Reflect.get(body, 'state') === 'restored' && Reflect.get(body, 'closedAt') !== null;
  return closed && typeof id === 'string' ? [id] : [];
}

function estimatedIncidents({ type, body }: EventRow): readonly string[] {
  if (type !== 'estimate' || typeof body !== 'object' || body === null) return [];
  const listed: unknown = Reflect.get(body, 'incidents');
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((one: unknown) => {
    const id: unknown = typeof one === 'object' && one !== null ? Reflect.get(one, 'incident') : null;
    return typeof id === 'string' ? [id] : [];
  });
}
