import { SessionReply } from '../../contracts/http/session.ts';
import {
  AcceptBody,
  InvitationQuery,
  InvitationReply,
  SetupBody,
  SetupQuery,
  SetupReply,
} from '../../contracts/http/setup.ts';
import type { User } from '../../core/ports/people.ts';
import { ADMIN_PURPOSE, invitationPurpose } from '../access/links.ts';
import { hashToken, newId } from '../access/tokens.ts';
import type { Context, Server } from '../context.ts';
import { Refused } from '../errors.ts';
import { foldLogin, signIn } from './session.ts';
import { INVITED } from './users.ts';

/** Doors that open with a one-time link: the first administrator, and everybody invited after. */
export function setupRoutes(app: Server, context: Context): void {
  const { stores, clock, passwords, version } = context;
  const { users } = stores;

  app.get(
    '/setup',
    {
      config: { strict: true },
      schema: {
        tags: ['session'],
        summary: 'Is a first administrator needed, and does this link work',
        querystring: SetupQuery,
        response: { 200: SetupReply },
      },
    },
    async ({ query }) => ({
      needed: (await users.count()) === 0,
      linkValid:
        query.token !== undefined &&
        (await users.linkValid(hashToken(query.token), ADMIN_PURPOSE, clock.now())),
      version,
    }),
  );

  app.post(
    '/setup',
    {
      config: { errors: ['link_used', 'login_taken'], strict: true },
      schema: {
        tags: ['session'],
        summary: 'Create an administrator with a one-time link',
        body: SetupBody,
        response: { 200: SessionReply },
      },
    },
    async (request, reply) => {
      const { token, name, password, language } = request.body;
      const login = foldLogin(request.body.login);
      const tokenHash = hashToken(token);
      // Asked first, so that a taken login or a slow hash does not burn the link.
      if (!(await users.linkValid(tokenHash, ADMIN_PURPOSE, clock.now()))) throw new Refused('link_used');
      if ((await users.byLogin(login)) !== null) throw new Refused('login_taken');
      const passwordHash = await passwords.hash(password);
      if (!(await users.useLink(tokenHash, ADMIN_PURPOSE, clock.now()))) throw new Refused('link_used');
      const user: User = {
        id: newId(),
        login,
        name: name.trim(),
        role: 'admin',
        sites: 'all',
        passwordHash,
        language: language ?? 'zh-CN',
        theme: 'system',
        active: true,
        createdAt: clock.now(),
      };
      await users.add(user);
      return signIn(context, request, reply, user, 'setup.admin');
    },
  );

  app.get(
    '/invitation',
    {
      config: { strict: true },
      schema: {
        tags: ['session'],
        summary: 'Does this invitation work, and for which login',
        querystring: InvitationQuery,
        response: { 200: InvitationReply },
      },
    },
    async ({ query }) => {
      const valid = await users.linkValid(hashToken(query.token), invitationPurpose(query.user), clock.now());
      const user = valid ? await users.byId(query.user) : null;
      return { valid: user !== null, login: user?.login ?? null };
    },
  );

  app.post(
    '/invitation',
    {
      config: { errors: ['link_used'], strict: true },
      schema: {
        tags: ['session'],
        summary: 'Set a password with an invitation',
        body: AcceptBody,
        response: { 200: SessionReply },
      },
    },
    async (request, reply) => {
      const { token, password, language } = request.body;
      const purpose = invitationPurpose(request.body.user);
      const tokenHash = hashToken(token);
      const invited = await users.byId(request.body.user);
      const welcome = invited !== null && (invited.active || invited.passwordHash === INVITED);
      if (!welcome || !(await users.linkValid(tokenHash, purpose, clock.now())))
        throw new Refused('link_used');
      const passwordHash = await passwords.hash(password);
      if (!(await users.useLink(tokenHash, purpose, clock.now()))) throw new Refused('link_used');
      const user: User = { ...invited, passwordHash, active: true, language: language ?? invited.language };
      await users.update(user);
      await context.sessions.endAllOf(user.id);
      return signIn(context, request, reply, user, 'invitation.accept');
    },
  );
}
