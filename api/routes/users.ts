import {
  InvitationLink,
  InviteBody,
  UserList,
  UserParams,
  UserPatch,
  UserView,
} from '../../contracts/http/users.ts';
import type { User } from '../../core/ports/people.ts';
import { StoreConflict } from '../../core/ports/site-store.ts';
import { toIso } from '../../core/units/time.ts';
import { createInvitation } from '../access/links.ts';
import { withinScope } from '../access/rights.ts';
import { newId } from '../access/tokens.ts';
import { type Context, record, type Server, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { userView } from '../views/people.ts';
import { foldLogin } from './session.ts';

/** Marks that are no argon2 hash, so no password is ever right for them. */
export const INVITED = 'invited';
const REVOKED = 'revoked';

export function userRoutes(app: Server, context: Context): void {
  const { stores, clock, sessions } = context;
  const { users } = stores;

  /** The person, if all their sites are also the asker's. */
  async function manageable(id: string, by: User): Promise<User> {
    const user = await users.byId(id);
    if (user === null) throw new Refused('unknown_user');
    if (!withinScope(user.sites, by.sites)) throw new Refused('beyond_your_scope');
    return user;
  }

  function invite(user: string) {
    return createInvitation({ users, clock, publicUrl: context.publicBase() }, user);
  }

  app.get(
    '/users',
    { schema: { tags: ['users'], summary: 'Everybody within your sites', response: { 200: UserList } } },
    async (request) => {
      const by = userOf(request);
      const all = await users.list();
      return { items: all.filter((user) => withinScope(user.sites, by.sites)).map(userView), next: null };
    },
  );

  app.post(
    '/users',
    {
      config: { errors: ['login_taken', 'beyond_your_scope'] },
      schema: {
        tags: ['users'],
        summary: 'Invite somebody; they set their own password with the link',
        body: InviteBody,
        response: { 201: InvitationLink },
      },
    },
    async (request, reply) => {
      const { name, role, sites, language } = request.body;
      if (!withinScope(sites, userOf(request).sites)) throw new Refused('beyond_your_scope');
      const user: User = {
        id: newId(),
        login: foldLogin(request.body.login),
        name: name.trim(),
        role,
        sites,
        passwordHash: INVITED,
        language: language ?? 'zh-CN',
        theme: 'system',
        active: false,
        createdAt: clock.now(),
      };
      await users.add(user).catch((error: unknown) => {
        if (error instanceof StoreConflict && error.code === 'already_exists')
          throw new Refused('login_taken');
        throw error;
      });
      const link = await invite(user.id);
      await record(context, request, { action: 'user.invite', subject: user.id, detail: { role, sites } });
      return reply.code(201).send({ user: userView(user), url: link.url, expiresAt: toIso(link.expiresAt) });
    },
  );

  app.patch(
    '/users/:user',
    {
      config: { errors: ['unknown_user', 'beyond_your_scope', 'own_account'] },
      schema: {
        tags: ['users'],
        summary: 'Change name, role, sites or whether the person may sign in',
        params: UserParams,
        body: UserPatch,
        response: { 200: UserView },
      },
    },
    async (request) => {
      const by = userOf(request);
      const user = await manageable(request.params.user, by);
      const { name, ...rights } = request.body;
      const touchesRights = Object.keys(rights).length > 0;
      if (touchesRights && user.id === by.id) throw new Refused('own_account');
      if (rights.sites !== undefined && !withinScope(rights.sites, by.sites))
        throw new Refused('beyond_your_scope');
      const changed: User = {
        ...user,
        ...rights,
        name: name?.trim() ?? user.name,
        // An invitation taken back before it was used must not open the door later.
        passwordHash: rights.active === false && user.passwordHash === INVITED ? REVOKED : user.passwordHash,
      };
      await users.update(changed);
      if (touchesRights) await sessions.endAllOf(user.id);
      await record(context, request, { action: 'user.change', subject: user.id, detail: rights });
      return userView(changed);
    },
  );

  app.post(
    '/users/:user/link',
    {
      config: { errors: ['unknown_user', 'beyond_your_scope'] },
      schema: {
        tags: ['users'],
        summary: 'A new link with which the person sets a password',
        params: UserParams,
        response: { 201: InvitationLink },
      },
    },
    async (request, reply) => {
      const user = await manageable(request.params.user, userOf(request));
      const link = await invite(user.id);
      await record(context, request, { action: 'user.link', subject: user.id });
      return reply.code(201).send({ user: userView(user), url: link.url, expiresAt: toIso(link.expiresAt) });
    },
  );
}
