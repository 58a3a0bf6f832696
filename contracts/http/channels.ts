import { type Static, Type } from 'typebox';
import { InstantText, Language, Money, orNull } from './common.ts';

const Both = Type.Object({ 'zh-CN': Type.String(), en: Type.String() });

/** `schema` is JSON Schema, to draw a form from; `secret: true` in it marks what is never shown. */
export const ChannelKindView = Type.Object({
  id: Type.String(),
  title: Both,
  serves: Type.String(),
  schema: Type.Unknown(),
  /** Addresses to enter at the provider; null where nothing outside can reach us. */
  hooks: orNull(Type.Array(Type.String())),
});

/** `settings` null: they cannot be read with the key at hand. `version` is for `If-Match`; 0: of the environment. */
export const ChannelStateView = Type.Object({
  id: Type.String(),
  channel: Type.String(),
  from: Type.Union([Type.Literal('environment'), Type.Literal('stored')]),
  version: Type.Integer(),
  savedAt: orNull(InstantText),
  savedBy: orNull(Type.String()),
  settings: orNull(Type.Record(Type.String(), Type.Unknown())),
});
export type ChannelStateView = Static<typeof ChannelStateView>;

export const ChannelsReply = Type.Object({
  kinds: Type.Array(ChannelKindView),
  configured: Type.Array(ChannelStateView),
});

export const ChannelParams = Type.Object({ channel: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }) });
/** The version that was read; `"0"` where there was none. */
export const ChannelHeaders = Type.Object({ 'if-match': Type.String({ pattern: '^"\\d{1,9}"$' }) });
export const ChannelSettingsBody = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
  maxProperties: 64,
});
export const ChannelSaved = Type.Object({ version: Type.Integer() });

/** A telephone in E.164 or an e-mail address; left out for a desk. With `dryRun` only what it would cost. */
export const ChannelTestBody = Type.Object(
  {
    to: Type.Optional(
      Type.String({
        maxLength: 254,
        pattern: '^(\\+[1-9]\\d{5,14}|[^\\s@<>"*]{1,64}@[A-Za-z0-9.-]{1,189})$',
      }),
    ),
    language: Language,
    dryRun: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

export const ChannelTestReply = Type.Object({
  body: Type.String(),
  segments: Type.Integer(),
  /** Null: no price is set. */
  cost: orNull(Money),
  outcome: Type.Union([
    Type.Literal('not_sent'),
    Type.Literal('accepted'),
    Type.Literal('refused'),
    Type.Literal('later'),
    Type.Literal('unknown'),
  ]),
  code: orNull(Type.String()),
  detail: orNull(Type.String()),
});
