import { SiteParams } from '../../contracts/http/common.ts';
import {
  ImportBody,
  ImportQuery,
  ImportReply,
  OptOutBody,
  PersonDetail,
  PersonList,
  PersonParams,
  PersonQuery,
  PersonView,
  ProfileBody,
  UnmaskQuery,
} from '../../contracts/http/people.ts';
import { columnOf, ID_COLUMNS } from '../../contracts/premises-import/columns.ts';
import { type ImportPlan, planImport } from '../../contracts/premises-import/plan.ts';
import type { PersonProfile } from '../../core/people/profile.ts';
import type { KnownPerson } from '../../core/ports/people-store.ts';
import { toIso } from '../../core/units/time.ts';
import { type Context, record, type Server, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { faultsOf, importedTable } from '../imported-table.ts';
import { profilesOf } from '../profiles-of.ts';
import { personView } from '../views/person.ts';
import { siteDifference } from '../views/site-difference.ts';

const PAGE = 50;
const IMPORT_BYTES = 32 * 1024 * 1024;

/** Owners and occupants. Every look at one, every search and every unmasking is on the record. */
export function peopleRoutes(app: Server, context: Context): void {
  const { stores, clock, bus } = context;

  async function personOf({ site, person }: { site: string; person: string }): Promise<KnownPerson> {
    const found = await stores.people.get(site, person);
    if (found === null) throw new Refused('unknown_person');
    return found;
  }

  app.get(
    '/sites/:site/people',
    {
      schema: {
        tags: ['people'],
        summary: 'Owners and occupants, masked; by phone the one who has it',
        params: SiteParams,
        querystring: PersonQuery,
        response: { 200: PersonList },
      },
    },
    async (request) => {
      const { site } = request.params;
      const { phone, cursor, limit = PAGE } = request.query;
      if (phone !== undefined)
        await record(context, request, { site, action: 'person.search', subject: site });
      const found = await stores.people.list(site, {
        ...(phone === undefined ? {} : { phone }),
        ...(cursor === undefined ? {} : { after: cursor }),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const next = found.length > limit ? (page.at(-1)?.id ?? null) : null;
      return { items: page.map((person) => personView(person, 'masked')), next };
    },
  );

  app.get(
    '/sites/:site/people/:person',
    {
      config: { errors: ['unknown_person'] },
      schema: {
        tags: ['people'],
        summary: 'One person with what they said about messages; unmasked only for managers',
        params: PersonParams,
        querystring: UnmaskQuery,
        response: { 200: PersonDetail },
      },
    },
    async (request) => {
      const { site, person: subject } = request.params;
      const person = await personOf(request.params);
      const unmask = request.query.unmask === true;
      if (unmask && !['admin', 'manager'].includes(userOf(request).role)) throw new Refused('forbidden');
      await record(context, request, { site, action: unmask ? 'person.unmask' : 'person.open', subject });
      const optOuts = await stores.people.optOuts(site, person.id);
      return {
        ...personView(person, unmask ? 'whole' : 'masked'),
        optOuts: optOuts.map((one) => ({ ...one, at: toIso(one.at) })),
      };
    },
  );

  app.put(
    '/sites/:site/people/:person/profile',
    {
      config: { errors: ['unknown_person'] },
      schema: {
        tags: ['people'],
        summary: 'How a person is reached, and what there is to consider',
        params: PersonParams,
        body: ProfileBody,
        response: { 200: PersonView },
      },
    },
    async (request) => {
      const { site, person: subject } = request.params;
      const person = await personOf(request.params);
      if (person.phone === null) throw new Refused('unknown_person');
      const { email = person.profile.email, ...wishes } = request.body;
      const profile: PersonProfile = { ...wishes, ...(email === undefined ? {} : { email }) };
      await stores.people.putProfiles(site, [{ phone: person.phone, profile }]);
      await record(context, request, { site, action: 'person.profile', subject });
      return personView({ ...person, profile }, 'masked');
    },
  );

  app.post(
    '/sites/:site/people/:person/opt-out',
    {
      config: { errors: ['unknown_person'] },
      schema: {
        tags: ['people'],
        summary: 'A person wants no more messages, or wants them again; how we know is kept',
        params: PersonParams,
        body: OptOutBody,
        response: { 200: PersonView },
      },
    },
    async (request) => {
      const { site, person: subject } = request.params;
      const { optedOut, evidence } = request.body;
      const person = await personOf(request.params);
      if (person.phone === null) throw new Refused('unknown_person');
      await stores.outbox.optOut(site, person.phone, optedOut, evidence, clock.now());
      await record(context, request, { site, action: 'person.opt_out', subject, detail: { optedOut } });
      return personView({ ...person, optedOut }, 'masked');
    },
  );

  app.post(
    '/sites/:site/import',
    {
      bodyLimit: IMPORT_BYTES,
      config: { errors: ['import_invalid', 'version_conflict', 'body_too_large'] },
      schema: {
        tags: ['people'],
        summary:
          'Premises, people and meters from a list in CSV or XLSX; with `dryRun` only say what it would change',
        params: SiteParams,
        querystring: ImportQuery,
        body: ImportBody,
        response: { 200: ImportReply },
      },
    },
    async (request) => {
      const { site } = request.params;
      const before = await stores.sites.get(site);
      if (before === null) throw new Refused('unknown_site');
      const { rows, view } = await importedTable(request.body, context.readSpreadsheet, columnOf, ID_COLUMNS);
      const plan = await planOf(site, rows, request.body.countryCode);
      const { premises, devices, nodes } = siteDifference(before.site, plan.site);
      const shown = { rows: plan.rows, premises, devices, nodes, profiles: plan.profiles.length, ...view };
      if (request.query.dryRun === true) return { applied: false, version: before.version, ...shown };
      const at = clock.now();
      const options = { by: userOf(request).id, at, ifVersion: before.version };
      const version = await stores.sites.put(plan.site, plan.file, options);
      await stores.people.putProfiles(site, plan.profiles);
      await record(context, request, {
        site,
        action: 'site.import',
        subject: site,
        detail: { version, rows: plan.rows },
      });
      bus.publish('site', { site });
      return { applied: true, version, ...shown };
    },
  );

  async function planOf(
    site: string,
    rows: readonly (readonly string[])[],
    countryCode: string | undefined,
  ): Promise<ImportPlan> {
    const file = await stores.sites.file(site, { people: true });
    const plan = planImport(rows, file, await profilesOf(stores.people, site), countryCode);
    if ('faults' in plan) throw faultsOf(plan.faults);
    return plan;
  }
}
