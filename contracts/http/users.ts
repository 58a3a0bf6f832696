import { type Static, Type } from 'typebox';
import { Id, InstantText, Language, ListOf, Role, SiteScope, Theme } from './common.ts';
import { Login, PersonName } from './session.ts';

export const UserView = Type.Object({
  id: Id,
  login: Type.String(),
  name: Type.String(),
  role: Role,
  sites: SiteScope,
  language: Language,
  theme: Theme,
  active: Type.Boolean(),
  createdAt: InstantText,
});
export type UserView = Static<typeof UserView>;

export const UserList = ListOf(UserView);
export type UserList = Static<typeof UserList>;

export const InviteBody = Type.Object(
  { login: Login, name: PersonName, role: Role, sites: SiteScope, language: Type.Optional(Language) },
  { additionalProperties: false },
);
export type InviteBody = Static<typeof InviteBody>;

/** The link is shown once; it works once, until `expiresAt`. */
export const InvitationLink = Type.Object({ user: UserView, url: Type.String(), expiresAt: InstantText });
export type InvitationLink = Static<typeof InvitationLink>;

export const UserParams = Type.Object({ user: Id });

export const UserPatch = Type.Object(
  {
    name: Type.Optional(PersonName),
    role: Type.Optional(Role),
    sites: Type.Optional(SiteScope),
    active: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type UserPatch = Static<typeof UserPatch>;
