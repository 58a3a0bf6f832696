import { type Static, Type } from 'typebox';
import { Id, InstantText, ListOf, orNull, Phases } from './common.ts';

export const SupplyState = Type.Union([Type.Literal('lit'), Type.Literal('dark'), Type.Literal('unknown')]);

export const SiteSummary = Type.Object({
  id: Id,
  name: Type.String(),
  version: Type.Integer(),
  simulated: Type.Boolean(),
  timeZone: Type.String(),
  currency: Type.String(),
  units: Type.Integer(),
  devices: Type.Integer(),
  openIncidents: Type.Integer(),
});
export type SiteSummary = Static<typeof SiteSummary>;

export const SiteList = ListOf(SiteSummary);
export type SiteList = Static<typeof SiteList>;

export const NodeStateView = Type.Object({
  node: Type.String(),
  state: SupplyState,
  incident: orNull(Type.String()),
});
export type NodeStateView = Static<typeof NodeStateView>;

export const NodeView = Type.Object({
  id: Id,
  kind: Type.String(),
  name: Type.Optional(Type.String()),
  fedBy: orNull(Id),
  phases: Phases,
  nominal_v: Type.Number(),
  rating_a: Type.Optional(Type.Number()),
  building: Type.Optional(Type.String()),
  floor: Type.Optional(Type.Number()),
  premises: Type.Optional(Type.String()),
});
export type NodeView = Static<typeof NodeView>;

/** Premises without their people. */
export const PremisesView = Type.Object({
  id: Id,
  building: orNull(Type.String()),
  floor: orNull(Type.Number()),
  area_m2: orNull(Type.String()),
  class: Type.String(),
});
export type PremisesView = Static<typeof PremisesView>;

/** A whole site as a board draws it. `states` is what the engine says now; empty while no ingest runs here. */
export const SiteView = Type.Object({
  id: Id,
  name: Type.String(),
  version: Type.Integer(),
  savedAt: InstantText,
  simulated: Type.Boolean(),
  timeZone: Type.String(),
  currency: Type.String(),
  nominal_v: Type.Number(),
  nodes: Type.Array(NodeView),
  ties: Type.Array(
    Type.Object({ id: Id, ends: Type.Array(Id, { minItems: 2, maxItems: 2 }), closed: Type.Boolean() }),
  ),
  transfers: Type.Array(Type.Object({ id: Id, node: Id, normal: Id, alternate: Id })),
  gateways: Type.Array(Type.Object({ id: Id, poweredBy: orNull(Id), via: orNull(Id) })),
  premises: Type.Array(PremisesView),
  states: Type.Array(NodeStateView),
  /** The seq the states are at least as new as: `resume` from here. */
  seq: Type.Integer(),
});
export type SiteView = Static<typeof SiteView>;

export const StateList = ListOf(NodeStateView);
export type StateList = Static<typeof StateList>;

/** Only `people=true` (roles with leave) exports names and phones; the export is audited. */
export const SiteFileQuery = Type.Object({ people: Type.Optional(Type.Boolean()) });

/** A site file (DESIGN 4.1); its own check answers with every fault. */
export const SiteFileBody = Type.Unknown();

/** `keepPeople`: the file was exported without people; whoever it does not speak of stays. */
export const PutSiteQuery = Type.Object({
  dryRun: Type.Optional(Type.Boolean()),
  keepPeople: Type.Optional(Type.Boolean()),
});

/** `If-Match` holds the version as `"7"`; needed when the site exists. */
export const PutSiteHeaders = Type.Object({ 'if-match': Type.Optional(Type.String({ maxLength: 40 })) });

const Difference = Type.Object({
  added: Type.Array(Type.String()),
  changed: Type.Array(Type.String()),
  removed: Type.Array(Type.String()),
});

/** What the file changes, ids per section; the same whether applied or only tried. */
export const PutSiteReply = Type.Object({
  applied: Type.Boolean(),
  /** The site's version now. 0: it does not exist yet. */
  version: Type.Integer(),
  siteChanged: Type.Boolean(),
  nodes: Difference,
  ties: Difference,
  transfers: Difference,
  gateways: Difference,
  devices: Difference,
  premises: Difference,
  warnings: Type.Array(
    Type.Object({ path: Type.String(), code: Type.String(), message: Type.Optional(Type.String()) }),
  ),
});
export type PutSiteReply = Static<typeof PutSiteReply>;
