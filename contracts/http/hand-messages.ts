import { type Static, Type } from 'typebox';
import { Id, InstantText, Money, orNull } from './common.ts';
import { TextPreview } from './notices.ts';

const Text = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });

export const Target = Type.Union([
  Type.Object({ incident: Id }, { additionalProperties: false }),
  Type.Object({ building: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: false }),
  Type.Object({ everybody: Type.Literal(true) }, { additionalProperties: false }),
]);

export const PreviewBody = Type.Object(
  { target: Target, zh: Text, en: Text },
  { additionalProperties: false },
);
/** `recipients` as the preview said: a person sends to as many as they saw. */
export const SendMessageBody = Type.Object(
  { ...PreviewBody.properties, recipients: Type.Integer({ minimum: 1 }) },
  { additionalProperties: false },
);

const LanguagePreview = Type.Object({ ...TextPreview.properties, recipients: Type.Integer() });

/** What sending would mean: whom it reaches, and what it costs where all of it goes out as SMS. */
export const MessagePreview = Type.Object({
  recipients: Type.Integer(),
  /** Want no messages, and get none. */
  optedOut: Type.Integer(),
  'zh-CN': LanguagePreview,
  en: LanguagePreview,
  segments: Type.Integer(),
  /** Null: no price is set. */
  cost: orNull(Money),
  /** True: it is written into the log and leaves nowhere. */
  simulated: Type.Boolean(),
});
export type MessagePreview = Static<typeof MessagePreview>;

export const HandMessageView = Type.Object({
  id: Type.String(),
  at: InstantText,
  by: Type.String(),
  target: Type.Unknown(),
  recipients: Type.Integer(),
  zh: Type.String(),
  en: Type.String(),
  /** Deliveries by state. */
  progress: Type.Record(Type.String(), Type.Integer()),
});
export const HandMessageList = Type.Object({ items: Type.Array(HandMessageView), next: Type.Null() });
export const HandMessageSent = Type.Object({ id: Type.String(), recipients: Type.Integer() });
