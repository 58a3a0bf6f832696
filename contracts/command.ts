import { type Static, Type } from 'typebox';
import { INCIDENT_CAUSES } from '../core/incidents/cause.ts';
import type { Amend, Command } from '../core/incidents/engine.ts';
import type { Fault } from '../core/units/fault.ts';
import { toIso } from '../core/units/time.ts';
import { parseInstant } from './instant.ts';
import { Id } from './scalars.ts';
import { compileShape, type Shape } from './shape-faults.ts';
import { fillNode } from './site-defaults.ts';
import { NodeSchema } from './site-schema.ts';

const At = Type.Refine(
  Type.String(),
  (text) => parseInstant(text) !== null,
  () => 'must be an RFC 3339 instant',
);
const By = Type.Optional(Type.String({ maxLength: 200 }));
const Reason = Type.String({ maxLength: 2_000 });

/** What people and neighbours may tell the engine, one schema per `type` (DESIGN 4.3). */
export const CommandSchemas = {
  planned: Type.Object({
    type: Type.Literal('planned'),
    id: Id,
    nodes: Type.Array(Id, { minItems: 1 }),
    from: At,
    to: At,
  }),
  cancel_planned: Type.Object({ type: Type.Literal('cancel_planned'), id: Id }),
  tie: Type.Object({ type: Type.Literal('tie'), id: Id, closed: Type.Boolean() }),
  transfer: Type.Object({ type: Type.Literal('transfer'), id: Id, to: Type.Enum(['normal', 'alternate']) }),
  breaker: Type.Object({ type: Type.Literal('breaker'), node: Id, closed: Type.Boolean() }),
  topology: Type.Object({ type: Type.Literal('topology'), nodes: Type.Array(NodeSchema) }),
  acknowledge: Type.Object({ type: Type.Literal('acknowledge'), node: Id, by: By }),
  confirm_restored: Type.Object({
    type: Type.Literal('confirm_restored'),
    node: Id,
    reason: Type.Optional(Reason),
    by: By,
  }),
  open: Type.Object({ type: Type.Literal('open'), node: Id, from: At, reason: Reason, by: By }),
  amend: Type.Object({
    type: Type.Literal('amend'),
    incident: Type.String({ minLength: 1, maxLength: 64 }),
    root: Type.Optional(Id),
    onset: Type.Optional(At),
    from: Type.Optional(At),
    units: Type.Optional(
      Type.Array(
        Type.Object({
          node: Id,
          from: Type.Optional(At),
          to: Type.Optional(Type.Union([At, Type.Null()])),
        }),
        { maxItems: 10_000 },
      ),
    ),
    without: Type.Optional(Type.Array(Id, { maxItems: 10_000 })),
    cause: Type.Optional(Type.String({ maxLength: 200 })),
    reason: Reason,
    by: By,
  }),
  outlook: Type.Object({
    type: Type.Literal('outlook'),
    incident: Type.String({ minLength: 1, maxLength: 64 }),
    root: Type.Optional(Id),
    onset: Type.Optional(At),
    cause: Type.Optional(Type.Union([Type.Enum([...INCIDENT_CAUSES]), Type.Null()])),
    eta: Type.Optional(Type.Union([At, Type.Null()])),
    by: By,
  }),
  out_of_service: Type.Object({
    type: Type.Literal('out_of_service'),
    device: Id,
    out: Type.Boolean(),
    reason: Reason,
    by: By,
  }),
  broker_restart: Type.Object({ type: Type.Literal('broker_restart') }),
  ingest_restart: Type.Object({ type: Type.Literal('ingest_restart'), blindFrom: Type.Optional(At) }),
};

type Schemas = typeof CommandSchemas;
type Readers = { [K in keyof Schemas]: (json: Static<Schemas[K]>, nominal_v: number) => Command };

/** The domain's form of each command. Keys are copied one by one, so that unknown ones never reach the engine. */
const readers: Readers = {
  planned: ({ type, id, nodes, from, to }) => ({ type, id, nodes, from: at(from), to: at(to) }),
  cancel_planned: ({ type, id }) => ({ type, id }),
  tie: ({ type, id, closed }) => ({ type, id, closed }),
  transfer: ({ type, id, to }) => ({ type, id, to }),
  breaker: ({ type, node, closed }) => ({ type, node, closed }),
  topology: ({ type, nodes }, nominal_v) => ({ type, nodes: nodes.map((node) => fillNode(node, nominal_v)) }),
  acknowledge: ({ type, node, by }) => ({ type, node, ...(by === undefined ? {} : { by }) }),
  confirm_restored: ({ type, node, reason, by }) => ({
    type,
    node,
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by }),
  }),
  open: ({ type, node, from, reason, by }) => ({
    type,
    node,
    from: at(from),
    reason,
    ...(by === undefined ? {} : { by }),
  }),
  amend: ({ type, incident, root, onset, from, units, without, cause, reason, by }) => ({
    type,
    incident,
    ...(root === undefined ? {} : { root }),
    ...(onset === undefined ? {} : { onset: at(onset) }),
    ...(from === undefined ? {} : { from: at(from) }),
    ...(units === undefined ? {} : { units: units.map(amendedUnit) }),
    ...(without === undefined ? {} : { without: [...without] }),
    ...(cause === undefined ? {} : { cause }),
    reason,
    ...(by === undefined ? {} : { by }),
  }),
  outlook: ({ type, incident, root, onset, cause, eta, by }) => ({
    type,
    incident,
    ...(root === undefined ? {} : { root }),
    ...(onset === undefined ? {} : { onset: at(onset) }),
    ...(cause === undefined ? {} : { cause }),
    ...(eta === undefined ? {} : { eta: eta === null ? null : at(eta) }),
    ...(by === undefined ? {} : { by }),
  }),
  out_of_service: ({ type, device, out, reason, by }) => ({
    type,
    device,
    out,
    reason,
    ...(by === undefined ? {} : { by }),
  }),
  broker_restart: ({ type }) => ({ type }),
  ingest_restart: ({ type, blindFrom }) => ({
    type,
    ...(blindFrom === undefined ? {} : { blindFrom: at(blindFrom) }),
  }),
};

type Read = (json: unknown, path: string, nominal_v: number) => { command: Command } | { faults: Fault[] };

const reads: ReadonlyMap<string, Read> = new Map([
  ['planned', reader(compileShape(CommandSchemas.planned), readers.planned)],
  ['cancel_planned', reader(compileShape(CommandSchemas.cancel_planned), readers.cancel_planned)],
  ['tie', reader(compileShape(CommandSchemas.tie), readers.tie)],
  ['transfer', reader(compileShape(CommandSchemas.transfer), readers.transfer)],
  ['breaker', reader(compileShape(CommandSchemas.breaker), readers.breaker)],
  ['topology', reader(compileShape(CommandSchemas.topology), readers.topology)],
  ['acknowledge', reader(compileShape(CommandSchemas.acknowledge), readers.acknowledge)],
  ['confirm_restored', reader(compileShape(CommandSchemas.confirm_restored), readers.confirm_restored)],
  ['open', reader(compileShape(CommandSchemas.open), readers.open)],
  ['amend', reader(compileShape(CommandSchemas.amend), readers.amend)],
  ['outlook', reader(compileShape(CommandSchemas.outlook), readers.outlook)],
  ['out_of_service', reader(compileShape(CommandSchemas.out_of_service), readers.out_of_service)],
  ['broker_restart', reader(compileShape(CommandSchemas.broker_restart), readers.broker_restart)],
  ['ingest_restart', reader(compileShape(CommandSchemas.ingest_restart), readers.ingest_restart)],
]);

/**
 * Reads a command in its JSON form: instants as RFC 3339, nodes of `topology` as in a site file. `path` is put before
 * the pointers of faults; `nominal_v` is the site's. Whether the nodes and windows it names exist is the engine's to say.
 */
export function parseCommand(
  json: unknown,
  path = '',
  nominal_v = 230,
): { readonly command: Command } | { readonly faults: readonly Fault[] } {
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined;
  const read = typeof type === 'string' ? reads.get(type) : undefined;
  if (read !== undefined) return read(json, path, nominal_v);
  const message = `a command is an object whose type is one of ${[...reads.keys()].join(', ')}`;
  return { faults: [{ path: `${path}/type`, code: 'unknown_command', message }] };
}

function reader<T>(shape: Shape<T>, toCommand: (json: T, nominal_v: number) => Command): Read {
  return (json, path, nominal_v) => {
    if (!shape.is(json)) return { faults: shape.faults(json, path) };
    const command = toCommand(json, nominal_v);
    if (command.type === 'planned' && command.to <= command.from) {
      return {
        faults: [
          { path: `${path}/to`, code: 'out_of_range', message: 'a planned window ends after it begins' },
        ],
      };
    }
    return { command };
  };
}

function amendedUnit({ node, from, to }: { node: string; from?: string; to?: string | null }) {
  return {
    node,
    ...(from === undefined ? {} : { from: at(from) }),
    ...(to === undefined ? {} : { to: to === null ? null : at(to) }),
  };
}

/** A command as {@link parseCommand} reads it. */
export function toCommandJson(command: Command): Record<string, unknown> {
  switch (command.type) {
    case 'planned':
      return { ...command, from: toIso(command.from), to: toIso(command.to) };
    case 'open':
      return { ...command, from: toIso(command.from) };
    case 'amend':
      return toAmendJson(command);
    case 'outlook':
      return {
        ...command,
        ...(command.onset === undefined ? {} : { onset: toIso(command.onset) }),
        ...(typeof command.eta === 'number' ? { eta: toIso(command.eta) } : {}),
      };
    case 'ingest_restart':
      return {
        type: command.type,
        ...(command.blindFrom === undefined ? {} : { blindFrom: toIso(command.blindFrom) }),
      };
    default:
      return { ...command };
  }
}

function toAmendJson({ from, onset, units, ...rest }: Amend): Record<string, unknown> {
  return {
    ...rest,
    ...(onset === undefined ? {} : { onset: toIso(onset) }),
    ...(from === undefined ? {} : { from: toIso(from) }),
    ...(units === undefined
      ? {}
      : {
          units: units.map(({ node, from, to }) => ({
            node,
            ...(from === undefined ? {} : { from: toIso(from) }),
            ...(to === undefined ? {} : { to: to === null ? null : toIso(to) }),
          })),
        }),
  };
}

/** Only for text the schema has accepted. */
function at(text: string): number {
  return parseInstant(text) ?? Number.NaN;
}
