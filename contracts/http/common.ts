import { type Static, type TSchema, Type } from 'typebox';

/** Ids of sites, nodes, devices, premises and incidents (DESIGN 4). */
export const Id = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });

/** RFC 3339 UTC with milliseconds in answers; requests may name any offset. */
export const InstantText = Type.String({ format: 'date-time', maxLength: 40 });

export const Phases = Type.Union([
  Type.Literal('A'),
  Type.Literal('B'),
  Type.Literal('C'),
  Type.Literal('AB'),
  Type.Literal('AC'),
  Type.Literal('BC'),
  Type.Literal('ABC'),
]);

/** Decimal text in major units: a JSON number would already be a binary float. */
export const Money = Type.Object({
  amount: Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
});
export type Money = Static<typeof Money>;

export const Language = Type.Union([Type.Literal('zh-CN'), Type.Literal('en')]);
export type Language = Static<typeof Language>;

export const Theme = Type.Union([Type.Literal('system'), Type.Literal('light'), Type.Literal('dark')]);
export type Theme = Static<typeof Theme>;

export const Role = Type.Union([
  Type.Literal('engineer'),
  Type.Literal('manager'),
  Type.Literal('finance'),
  Type.Literal('admin'),
  Type.Literal('auditor'),
]);

export const SiteScope = Type.Union([Type.Literal('all'), Type.Array(Id, { maxItems: 1000 })]);

/** `next` is the opaque `cursor` of the next page; null on the last. */
export function ListOf<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) });
}

export const PageQuery = {
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
};

export const SiteParams = Type.Object({ site: Id });

export const IncidentParams = Type.Object({ site: Id, incident: Id });

export const DeviceParams = Type.Object({ site: Id, device: Id });

/** A repeat with the same key is the same request: it is done once. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.String({ minLength: 8, maxLength: 100, pattern: '^[A-Za-z0-9._:-]+$' }),
});

/** Taken into the journal of the site; what came of it arrives as changes. */
export const CommandAccepted = Type.Object({ command: Type.String() });
export type CommandAccepted = Static<typeof CommandAccepted>;

export function orNull<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}
