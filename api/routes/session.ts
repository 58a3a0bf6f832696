import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { LoginBody, PasswordBody, PreferencesBody, SessionReply } from '../../contracts/http/session.ts';
import type { User } from '../../core/ports/people.ts';
import type { SignedIn } from '../access/sessions.ts';
import { type Context, record, type Server, signedInOf, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { sessionView } from '../views/people.ts';

const Nothing = Type.Null();

export function sessionRoutes(app: Server, context: Context): void {
  const { sessions, stores, passwords, throttle, version } = context;

  app.get(
    '/session',
    {
      config: { errors: ['not_signed_in'] },
      schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: SessionReply } },
    },
    async (request) => sessionView(signedInOf(request), version),
  );

  app.post(
    '/session',
    {
      config: { errors: ['wrong_login', 'too_many_attempts'], strict: true },
      schema: { tags: ['session'], summary: 'Sign in', body: LoginBody, response: { 200: SessionReply } },
    },
    async (request, reply) => {
      const login = foldLogin(request.body.login);
      const succeeded = throttle.attempt(login, request.ip);
      const user = await stores.users.byLogin(login);
      const mayEnter = user?.active === true;
      const right = await passwords.verify(mayEnter ? user.passwordHash : null, request.body.password);
      if (!right || user === null) {
        context.telemetry.count('relight_api_logins_total', { outcome: 'refused' });
        throw new Refused('wrong_login');
      }
      succeeded();
      context.telemetry.count('relight_api_logins_total', { outcome: 'accepted' });
      return signIn(context, request, reply, user, 'session.begin');
    },
  );

  app.patch(
    '/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Own language and theme',
        body: PreferencesBody,
        response: { 200: SessionReply },
      },
    },
    async (request) => {
      const signedIn = signedInOf(request);
      const user = { ...signedIn.user, ...request.body };
      await stores.users.update(user);
      await record(context, request, {
        action: 'session.preferences',
        subject: user.id,
        detail: { ...request.body },
      });
      return sessionView({ ...signedIn, user }, version);
    },
  );

  app.post(
    '/session/password',
    {
      config: { errors: ['wrong_password', 'too_many_attempts'], strict: true },
      schema: {
        tags: ['session'],
        summary: 'Own password; ends every other session of the person',
        body: PasswordBody,
        response: { 200: SessionReply },
      },
    },
    async (request, reply) => {
      const user = userOf(request);
      const succeeded = throttle.attempt(user.login, request.ip);
      if (!(await passwords.verify(user.passwordHash, request.body.current)))
        throw new Refused('wrong_password');
      succeeded();
      const changed = { ...user, passwordHash: await passwords.hash(request.body.password) };
      await stores.users.update(changed);
      await sessions.endAllOf(user.id);
      return signIn(context, request, reply, changed, 'session.password');
    },
  );

  app.delete(
    '/session',
    { schema: { tags: ['session'], summary: 'Sign out', response: { 204: Nothing } } },
    async (request, reply) => {
      const { session } = signedInOf(request);
      await sessions.end(session.idHash);
      await record(context, request, { action: 'session.end', subject: session.user });
      return reply.clearCookie(context.cookieName, { path: '/' }).code(204).send(null);
    },
  );
}

/** Logins are compared without case and in one Unicode form. */
export function foldLogin(login: string): string {
  return login.trim().normalize('NFKC').toLowerCase();
}

/** A fresh session in the browser's cookie; the one it held, if any, ends. */
export async function signIn(
  context: Context,
  request: { signedIn: SignedIn | null },
  reply: FastifyReply,
  user: User,
  action: string,
): Promise<SessionReply> {
  if (request.signedIn !== null) await context.sessions.end(request.signedIn.session.idHash);
  const begun = await context.sessions.begin(user);
  request.signedIn = begun;
  await record(context, request, { action, subject: user.id });
  reply.setCookie(context.cookieName, begun.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: context.secureCookies,
    maxAge: context.sessionHours * 3600,
  });
  return sessionView(begun, context.version);
}
