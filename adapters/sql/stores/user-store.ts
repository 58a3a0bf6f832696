import type { Role, User, UserStore } from '../../../core/ports/people.ts';
import { StoreConflict } from '../../../core/ports/site-store.ts';
import type { Dialect } from '../dialect.ts';
import { ConstraintViolated, type Sql, type Step, UnmetStep } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { AccountTable } from '../tables.ts';

export function createUserStore(sql: Sql, { db }: Dialect): UserStore {
  async function save(user: User, change: Step): Promise<void> {
    try {
      await sql.run([change]);
    } catch (error) {
      if (error instanceof UnmetStep) throw new StoreConflict('not_found', `There is no user ${user.id}`);
      if (!(error instanceof ConstraintViolated) || error.kind !== 'unique') throw error;
      throw new StoreConflict('already_exists', `The login ${user.login} is taken`);
    }
  }

  return {
    async count() {
      const query = db.selectFrom('account').select((is) => is.fn.countAll<number>().as('count'));
      return (await firstOf(sql, query))?.count ?? 0;
    },
    async byLogin(login) {
      const row = await firstOf(sql, db.selectFrom('account').selectAll().where('login', '=', login));
      return row === null ? null : userOf(row);
    },
    async byId(id) {
      const row = await firstOf(sql, db.selectFrom('account').selectAll().where('id', '=', id));
      return row === null ? null : userOf(row);
    },
    async list() {
      return (await rowsOf(sql, db.selectFrom('account').selectAll().orderBy('login'))).map(userOf);
    },
    add: (user) => save(user, step(db.insertInto('account').values(accountOf(user)))),
    update(user) {
      const { id, ...content } = accountOf(user);
      const change = db.updateTable('account').set(content).where('id', '=', id);
      return save(user, step(change, { name: 'user', affected: 1 }));
    },

    async addSession({ idHash, user, csrf, createdAt, expiresAt }) {
      const ended = db.deleteFrom('session').where('expires_at', '<=', createdAt);
      const values = { id_hash: idHash, account: user, csrf, created_at: createdAt, expires_at: expiresAt };
      await sql.run([step(ended), step(db.insertInto('session').values(values))]);
    },
    async session(idHash, now) {
      const query = db
        .selectFrom('session')
        .innerJoin('account', 'account.id', 'session.account')
        .selectAll('account')
        .select(['session.csrf', 'session.created_at as session_created_at', 'session.expires_at'])
        .where('session.id_hash', '=', idHash)
        .where('session.expires_at', '>', now)
        .where('account.active', '=', 1);
      const row = await firstOf(sql, query);
      if (row === null) return null;
      const { csrf, session_created_at: createdAt, expires_at: expiresAt } = row;
      return { session: { idHash, user: row.id, csrf, createdAt, expiresAt }, user: userOf(row) };
    },
    async extendSession(idHash, expiresAt) {
      await sql.run([
        step(db.updateTable('session').set({ expires_at: expiresAt }).where('id_hash', '=', idHash)),
      ]);
    },
    async endSession(idHash) {
      await sql.run([step(db.deleteFrom('session').where('id_hash', '=', idHash))]);
    },
    async endSessionsOf(user) {
      await sql.run([step(db.deleteFrom('session').where('account', '=', user))]);
    },

    async addLink(token_hash, purpose, expires_at) {
      const expired = db.deleteFrom('link').where('expires_at', '<=', expires_at - LINK_KEPT_MS);
      await sql.run([
        step(expired),
        step(db.insertInto('link').values({ token_hash, purpose, expires_at, used: 0 })),
      ]);
    },
    async useLink(token_hash, purpose, now) {
      const use = db
        .updateTable('link')
        .set({ used: 1 })
        .where('token_hash', '=', token_hash)
        .where('purpose', '=', purpose)
        .where('expires_at', '>', now)
        .where('used', '=', 0);
      const [result] = await sql.run([step(use)]);
      return result.affected === 1;
    },
    async linkValid(token_hash, purpose, now) {
      const query = db.selectFrom('link').select('token_hash').where('token_hash', '=', token_hash);
      const live = query.where('purpose', '=', purpose).where('expires_at', '>', now).where('used', '=', 0);
      return (await firstOf(sql, live)) !== null;
    },
  };
}

/** Links live hours; a year after its end nobody asks for one any more. */
const LINK_KEPT_MS = 365 * 24 * 3_600_000;

function accountOf(user: User): AccountTable {
  return {
    id: user.id,
    login: user.login,
    name: user.name,
    role: user.role,
    sites_json: JSON.stringify(user.sites),
    password_hash: user.passwordHash,
    language: user.language,
    theme: user.theme,
    active: user.active ? 1 : 0,
    created_at: user.createdAt,
  };
}

function userOf(row: AccountTable): User {
  return {
    id: row.id,
    login: row.login,
    name: row.name,
    // Only `accountOf` writes these columns, from a User.
    role: row.role as Role,
    sites: JSON.parse(row.sites_json) as User['sites'],
    passwordHash: row.password_hash,
    language: row.language as User['language'],
    theme: row.theme as User['theme'],
    active: row.active === 1,
    createdAt: row.created_at,
  };
}
