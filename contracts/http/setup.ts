import { type Static, Type } from 'typebox';
import { Language } from './common.ts';
import { LinkToken, Login, Password, PersonName } from './session.ts';

/** Asked before anybody is signed in: does a first administrator exist, and does this link still open the door? */
export const SetupQuery = Type.Object({ token: Type.Optional(LinkToken) });
export const SetupReply = Type.Object({
  needed: Type.Boolean(),
  linkValid: Type.Boolean(),
  version: Type.String(),
});
export type SetupReply = Static<typeof SetupReply>;

export const SetupBody = Type.Object(
  {
    token: LinkToken,
    login: Login,
    name: PersonName,
    password: Password,
    language: Type.Optional(Language),
  },
  { additionalProperties: false },
);
export type SetupBody = Static<typeof SetupBody>;

/** The invited person's page `/invitation?user=…&token=…`. */
export const InvitationQuery = Type.Object({ user: Type.String({ maxLength: 64 }), token: LinkToken });
export const InvitationReply = Type.Object({
  valid: Type.Boolean(),
  login: Type.Union([Type.String(), Type.Null()]),
});
export type InvitationReply = Static<typeof InvitationReply>;

export const AcceptBody = Type.Object(
  {
    user: Type.String({ minLength: 1, maxLength: 64 }),
    token: LinkToken,
    password: Password,
    language: Type.Optional(Language),
  },
  { additionalProperties: false },
);
export type AcceptBody = Static<typeof AcceptBody>;
