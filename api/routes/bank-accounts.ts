import { Type } from 'typebox';
import {
  AccountBody,
  AccountParams,
  AccountsQuery,
  AccountView,
  PremisesAccounts,
  WithdrawBody,
} from '../../contracts/http/bank-accounts.ts';
import { SiteParams } from '../../contracts/http/common.ts';
import { UnmaskQuery } from '../../contracts/http/people.ts';
import { maskedAccount } from '../claims/masked-account.ts';
import { type Context, record, type Server, siteOf, userOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Refused } from '../errors.ts';
import { maskName } from '../views/mask.ts';

const PAGE = 100;
/** Who pays sees where to: the same people who may fetch a payment file. */
const UNMASKERS: readonly string[] = ['finance', 'admin'];

/** Where owners are paid: listed by premises, entered, corrected, withdrawn; a number in full is on the record. */
export function bankAccountRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;

  async function accountOf(site: string, person: string) {
    return (await stores.payouts.accounts(site, [person])).get(person) ?? null;
  }

  app.get(
    '/sites/:site/bank-accounts',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['payouts'],
        summary:
          'Where the owner of each premises is paid, masked; `missing` lists those who cannot be paid yet',
        params: SiteParams,
        querystring: AccountsQuery,
        response: { 200: PremisesAccounts },
      },
    },
    async ({ params: { site }, query }) => {
      const { q = '', missing = false, cursor, limit = PAGE } = query;
      const { premises } = siteOf(context, site).site;
      const owners = await stores.payouts.owners(
        site,
        premises.map(({ id }) => id),
      );
      const persons = [...new Set([...owners.values()].map(({ person }) => person))];
      const accounts = await stores.payouts.accounts(site, persons);
      const rows = premises.map(({ id, building, owner }) => {
        const person = owners.get(id)?.person ?? null;
        const account = person === null ? undefined : accounts.get(person);
        const name = owner === null ? null : maskName(owner.name);
        return { premises: id, building, person, owner: name, account: account ?? null };
      });
      const found = rows.filter(
        (row) =>
          (row.premises.startsWith(q) || row.building?.startsWith(q) === true) &&
          (!missing || (row.person !== null && row.account === null)),
      );
      const from = cursor === undefined ? 0 : decodeCursor(cursor, ['number'])[0];
      const page = found.slice(from, from + limit);
      const owned = rows.filter(({ person }) => person !== null);
      return {
        items: page.map((row) => ({
          ...row,
          account: row.account === null ? null : maskedAccount(row.account),
        })),
        next: found.length > from + limit ? encodeCursor([from + limit]) : null,
        owned: owned.length,
        without: owned.filter(({ account }) => account === null).length,
      };
    },
  );

  app.get(
    '/sites/:site/people/:person/bank-account',
    {
      config: { errors: ['unknown_person'] },
      schema: {
        tags: ['payouts'],
        summary:
          'Where a person is paid, masked; in full for finance and administrators, which is on the record',
        params: AccountParams,
        querystring: UnmaskQuery,
        response: { 200: AccountView },
      },
    },
    async (request) => {
      const { site, person } = request.params;
      const account = await accountOf(site, person);
      if (account === null) throw new Refused('unknown_person');
      if (request.query.unmask !== true) return maskedAccount(account);
      if (!UNMASKERS.includes(userOf(request).role)) throw new Refused('forbidden');
      await record(context, request, { site, action: 'person.bank-account.unmask', subject: person });
      return account;
    },
  );

  app.put(
    '/sites/:site/people/:person/bank-account',
    {
      config: { errors: ['unknown_person', 'reason_needed'] },
      schema: {
        tags: ['payouts'],
        summary: 'Say where a person is paid; replacing another account asks for the reason',
        params: AccountParams,
        body: AccountBody,
        response: { 200: AccountView },
      },
    },
    async (request) => {
      const { site, person } = request.params;
      const { reason, ...given } = request.body;
      if ((await stores.people.get(site, person)) === null) throw new Refused('unknown_person');
      const before = await accountOf(site, person);
      if (before !== null && reason === undefined) throw new Refused('reason_needed');
      const account = {
        person,
        holder: given.holder.trim(),
        bank: given.bank.trim(),
        number: given.number.replaceAll(' ', ''),
      };
      await stores.payouts.putAccount(site, account, clock.now());
      const detail = {
        replaced: before !== null,
        ...(reason === undefined ? {} : { reason: reason.trim() }),
      };
      await record(context, request, { site, action: 'person.bank-account', subject: person, detail });
      return maskedAccount(account);
    },
  );

  app.post(
    '/sites/:site/people/:person/bank-account/withdraw',
    {
      config: { errors: ['unknown_person'] },
      schema: {
        tags: ['payouts'],
        summary: 'Take an account back: the person cannot be paid by transfer until another is known',
        params: AccountParams,
        body: WithdrawBody,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { site, person } = request.params;
      if (!(await stores.payouts.removeAccount(site, person))) throw new Refused('unknown_person');
      const detail = { reason: request.body.reason.trim() };
      await record(context, request, {
        site,
        action: 'person.bank-account.withdraw',
        subject: person,
        detail,
      });
      return reply.code(204).send(null);
    },
  );
}
