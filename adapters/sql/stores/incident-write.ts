import { sql as raw } from 'kysely';
import type { Incident } from '../../../core/incidents/incident.ts';
import { incidentJson } from '../../../core/incidents/incident-json.ts';
import type { LedgerEntry } from '../../../core/interruptions/interruption.ts';
import { interruptionJson } from '../../../core/interruptions/interruption-json.ts';
import type { IngestWrite } from '../../../core/ports/incident-store.ts';
import type { Dialect } from '../dialect.ts';
import { createPace, type Pace } from '../pace.ts';
import type { Step } from '../sql.ts';
import { chunksOf, createBulk, step } from '../steps.ts';
import type { DeliverySteps } from './delivery-steps.ts';
import type { EventSteps, NewEvent } from './event-steps.ts';
import { noticeEvents } from './notice-events.ts';

/** A larger incident travels in events without its units; whoever shows it reads it from the store. */
const EVENT_UNITS_MAX = 500;

type IncidentValues = readonly [
  site: string,
  id: string,
  kind: string,
  state: string,
  root: string,
  open: number,
  detectedAt: number,
  position: number,
  body: string,
];
type InterruptionValues = readonly [
  site: string,
  id: string,
  premises: string | null,
  node: string,
  from: number,
  to: number | null,
  voided: number,
  body: string,
];
type CauseValues = readonly [site: string, incident: string, interruption: string];
type LedgerValues = readonly [
  site: string,
  position: number,
  ordinal: number,
  interruption: string,
  type: LedgerEntry['type'],
  at: number,
  reason: string,
  body: string,
];

/** The names of the steps that may stop a write, and with what answer. */
export const STOPS = { lease: 'lost_lease', position: 'already' } as const;

/** Everything one input of the engine changed, as the steps of one transaction. */
export function createIncidentWrite(dialect: Dialect, deliveries: DeliverySteps, eventSteps: EventSteps) {
  const { db } = dialect;
  const bulk = createBulks(dialect);

  /** Locks the lease row, so that no other instance can take the site before this commits. */
  function fence({ site, epoch }: IngestWrite): Step {
    const held = db.updateTable('lease').set({ epoch }).where('site', '=', site).where('epoch', '=', epoch);
    return step(held, { name: 'lease', affected: 1 });
  }

  function advance({ site, position, at }: IngestWrite): Step {
    const save = db
      .insertInto('ingest_position')
      .values({ site, position, at })
      .onConflict((conflict) =>
        conflict
          .column('site')
          .doUpdateSet({ position, at })
          .whereRef('ingest_position.position', '<', raw.ref('excluded.position')),
      );
    return step(save, { name: 'position', affected: 1 });
  }

  /** A correction may take a cause away. */
  function forgetCauses(site: string, interruptions: readonly string[]): readonly Step[] {
    return chunksOf(interruptions, 500).map((some) =>
      step(db.deleteFrom('interruption_cause').where('site', '=', site).where('interruption', 'in', some)),
    );
  }

  async function ledgerSteps({ site, position, changes }: IngestWrite, pace: Pace): Promise<readonly Step[]> {
    const lines = new Map<string, { readonly entry: LedgerEntry; readonly text: string }>();
    const lineOf = (entry: LedgerEntry, ordinal: number): LedgerValues => {
      const { type, at, reason, body } = entry;
      const text = JSON.stringify(body);
      lines.set(body.id, { entry, text });
      return [site, position, ordinal, body.id, type, at, reason, text];
    };
    const ledger = await bulk.ledger(changes.ledger, lineOf, pace);
    // The fold: of several lines of one interruption the last stands.
    const folded = [...lines.values()];
    const corrected = folded.flatMap(({ entry: { type, body } }) => (type === 'corrected' ? [body.id] : []));
    const causes = folded.flatMap(({ entry: { body } }) =>
      [...new Set(body.causes.map(({ incident }) => incident))].map(
        (incident): CauseValues => [site, incident, body.id],
      ),
    );
    return [
      ...ledger,
      ...(await bulk.interruptions(folded, ({ entry, text }) => interruptionValues(site, entry, text), pace)),
      ...forgetCauses(site, corrected),
      ...(await bulk.causes(causes, (row) => row, pace)),
    ];
  }

  return async (write: IngestWrite): Promise<readonly Step[]> => {
    const { site, at, position, changes } = write;
    const pace = createPace();
    const incidents = [...new Map(changes.incidents.map((incident) => [incident.id, incident])).values()];
    const events: NewEvent[] = [
      ...incidents.map((incident): NewEvent => ({ type: 'incident', body: () => eventBody(incident) })),
      ...changes.ledger.map(
        ({ body }): NewEvent => ({ type: 'interruption', body: () => interruptionJson(body) }),
      ),
      ...noticeEvents(changes.notices),
    ];
    return [
      fence(write),
      advance(write),
      ...(await bulk.incidents(incidents, (incident) => incidentValues(site, incident, position), pace)),
      ...(await ledgerSteps(write, pace)),
      ...(await deliveries(site, changes.notices, pace)),
      ...(await eventSteps(site, at, events, pace)),
    ];
  };
}

function createBulks({ db }: Dialect) {
  return {
    incidents: createBulk<IncidentValues>((rows) =>
      db
        .insertInto('incident')
        .values(
          rows.map(([site, id, kind, state, root, open, detected_at, position, body_json]) => ({
            site,
            id,
            kind,
            state,
            root,
            open,
            detected_at,
            position,
            body_json,
          })),
        )
        .onConflict((conflict) =>
          conflict.columns(['site', 'id']).doUpdateSet((excluded) => ({
            kind: excluded.ref('excluded.kind'),
            state: excluded.ref('excluded.state'),
            root: excluded.ref('excluded.root'),
            open: excluded.ref('excluded.open'),
            detected_at: excluded.ref('excluded.detected_at'),
            position: excluded.ref('excluded.position'),
            body_json: excluded.ref('excluded.body_json'),
          })),
        ),
    ),
    interruptions: createBulk<InterruptionValues>((rows) =>
      db
        .insertInto('interruption')
        .values(
          rows.map(([site, id, premises, node, from_at, to_at, voided, body_json]) => ({
            site,
            id,
            premises,
            node,
            from_at,
            to_at,
            voided,
            body_json,
          })),
        )
        .onConflict((conflict) =>
          conflict.columns(['site', 'id']).doUpdateSet((excluded) => ({
            premises: excluded.ref('excluded.premises'),
            node: excluded.ref('excluded.node'),
            from_at: excluded.ref('excluded.from_at'),
            to_at: excluded.ref('excluded.to_at'),
            voided: excluded.ref('excluded.voided'),
            body_json: excluded.ref('excluded.body_json'),
          })),
        ),
    ),
    causes: createBulk<CauseValues>((rows) =>
      db
        .insertInto('interruption_cause')
        .values(rows.map(([site, incident, interruption]) => ({ site, incident, interruption })))
        .onConflict((conflict) => conflict.doNothing()),
    ),
    ledger: createBulk<LedgerValues>((rows) =>
      db.insertInto('ledger').values(
        rows.map(([site, position, ordinal, interruption, type, at, reason, body_json]) => ({
          site,
          position,
          ordinal,
          interruption,
          type,
          at,
          reason,
          body_json,
        })),
      ),
    ),
  };
}

function incidentValues(site: string, incident: Incident, position: number): IncidentValues {
  const { id, kind, state, root, detectedAt } = incident;
  return [
    site,
    id,
    kind,
    state,
    root,
    isOpen(incident) ? 1 : 0,
    detectedAt,
    position,
    JSON.stringify(incident),
  ];
}

function interruptionValues(site: string, { type, body }: LedgerEntry, text: string): InterruptionValues {
  const { id, premises, node, from, to } = body;
  return [site, id, premises, node, from, to, type === 'voided' ? 1 : 0, text];
}

/** Not closed yet: still dark, or restored with its hold still running. */
function isOpen({ state, closedAt }: Incident): boolean {
  return state === 'open' || (state === 'restored' && closedAt === null);
}

function eventBody(incident: Incident): object {
  const units = incident.affected.length;
  if (units <= EVENT_UNITS_MAX) return incidentJson(incident);
  return { ...incidentJson({ ...incident, affected: [] }), affectedOmitted: units };
}
