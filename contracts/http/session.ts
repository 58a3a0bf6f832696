import { type Static, Type } from 'typebox';
import { InstantText, Language, Role, SiteScope, Theme } from './common.ts';

/** NFKC-free and case-folded by the server: the login of a person, not shown to others. */
export const Login = Type.String({ minLength: 2, maxLength: 64, pattern: '^[\\p{L}\\p{N}._@+-]+$' });
export const Password = Type.String({ minLength: 10, maxLength: 200 });
export const PersonName = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
/** 256 random bits, base64url. */
export const LinkToken = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });

export const LoginBody = Type.Object(
  {
    login: Type.String({ minLength: 1, maxLength: 200 }),
    password: Type.String({ minLength: 1, maxLength: 200 }),
  },
  { additionalProperties: false },
);
export type LoginBody = Static<typeof LoginBody>;

export const Me = Type.Object({
  id: Type.String(),
  login: Type.String(),
  name: Type.String(),
  role: Role,
  sites: SiteScope,
  language: Language,
  theme: Theme,
});
export type Me = Static<typeof Me>;

/** `csrf` goes into the header `x-csrf-token` of every request that is not GET or HEAD. */
export const SessionReply = Type.Object({
  user: Me,
  csrf: Type.String(),
  /** When the session ends if it is not used. */
  expiresAt: InstantText,
  version: Type.String(),
});
export type SessionReply = Static<typeof SessionReply>;

export const PreferencesBody = Type.Object(
  { language: Type.Optional(Language), theme: Type.Optional(Theme) },
  { additionalProperties: false, minProperties: 1 },
);
export type PreferencesBody = Static<typeof PreferencesBody>;

export const PasswordBody = Type.Object(
  { current: Type.String({ minLength: 1, maxLength: 200 }), password: Password },
  { additionalProperties: false },
);
export type PasswordBody = Static<typeof PasswordBody>;
