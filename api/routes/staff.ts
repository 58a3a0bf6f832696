import { SiteParams } from '../../contracts/http/common.ts';
import { DispatchSettingsBody } from '../../contracts/http/dispatch.ts';
import { ImportBody, ImportQuery } from '../../contracts/http/people.ts';
import {
  OnCallQuery,
  OnCallView,
  RosterBody,
  RosterHeaders,
  RosterView,
  StaffBody,
  StaffImportReply,
  StaffList,
  StaffParams,
  StaffView,
} from '../../contracts/http/staff.ts';
import { planStaff, STAFF_ID_COLUMNS, staffColumnOf } from '../../contracts/staff-import/plan.ts';
import type { DispatchSettings } from '../../core/dispatch/settings.ts';
import type { StaffMember } from '../../core/dispatch/staff-member.ts';
import { StoreConflict } from '../../core/ports/site-store.ts';
import { checkRoster } from '../../core/roster/check-roster.ts';
import { onCallAt } from '../../core/roster/on-call.ts';
import type { Roster } from '../../core/roster/roster.ts';
import { toIso } from '../../core/units/time.ts';
import { type Context, instantOf, record, type Server, siteOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { faultsOf, importedTable } from '../imported-table.ts';
import { rosterView, settingsView, staffView } from '../views/staff.ts';

const IMPORT_BYTES = 16 * 1024 * 1024;

/** Who can be sent, who has duty when, and by which rules. */
export function staffRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;
  const { staff } = stores;

  app.get(
    '/sites/:site/staff',
    {
      schema: {
        tags: ['staff'],
        summary: 'Who can be sent',
        params: SiteParams,
        response: { 200: StaffList },
      },
    },
    async ({ params }) => ({ items: (await staff.list(params.site)).map(staffView), next: null }),
  );

  app.put(
    '/sites/:site/staff/:member',
    {
      config: { errors: ['phone_taken', 'unknown_user'] },
      schema: {
        tags: ['staff'],
        summary: 'Add or change a member of staff',
        params: StaffParams,
        body: StaffBody,
        response: { 200: StaffView },
      },
    },
    async (request) => {
      const { site, member: id } = request.params;
      const before = (await staff.list(site)).find((one) => one.id === id);
      const { account } = request.body;
      if (account !== null && (await stores.users.byId(account)) === null) throw new Refused('unknown_user');
      const phone = request.body.phone ?? before?.phone ?? null;
      if (phone === null) {
        throw new Refused('invalid_request', { errors: [{ path: '/body/phone', code: 'required' }] });
      }
      const member = { ...request.body, id, phone, name: request.body.name.trim() };
      await staff.put(site, member).catch(phoneTaken);
      const { skills, active } = member;
      await record(context, request, { site, action: 'staff.put', subject: id, detail: { skills, active } });
      return staffView(member);
    },
  );

  app.post(
    '/sites/:site/staff/import',
    {
      bodyLimit: IMPORT_BYTES,
      config: { errors: ['import_invalid', 'phone_taken', 'body_too_large'] },
      schema: {
        tags: ['staff'],
        summary: 'Staff from a list in CSV or XLSX; with `dryRun` only say what it would change',
        params: SiteParams,
        querystring: ImportQuery,
        body: ImportBody,
        response: { 200: StaffImportReply },
      },
    },
    async (request) => {
      const { site } = request.params;
      siteOf(context, site);
      const { rows, view } = await importedTable(
        request.body,
        context.readSpreadsheet,
        staffColumnOf,
        STAFF_ID_COLUMNS,
      );
      const plan = planStaff(rows, await staff.list(site), request.body.countryCode);
      if ('faults' in plan) throw faultsOf(plan.faults);
      const { added, changed, unchanged } = plan;
      const shown = {
        added: [...added],
        changed: changed.map(({ id, fields }) => ({ id, fields: [...fields] })),
        unchanged,
        ...view,
      };
      if (request.query.dryRun === true) return { applied: false, ...shown };
      await staff.putAll(site, plan.members).catch(phoneTaken);
      const detail = { added: added.length, changed: changed.length };
      await record(context, request, { site, action: 'staff.import', subject: site, detail });
      return { applied: true, ...shown };
    },
  );

  app.get(
    '/sites/:site/roster',
    { schema: { tags: ['staff'], summary: 'The roster', params: SiteParams, response: { 200: RosterView } } },
    async ({ params }, reply) => {
      const { roster, version } = await staff.roster(params.site);
      return reply.header('etag', `"${version}"`).send(rosterView(roster, version));
    },
  );

  app.put(
    '/sites/:site/roster',
    {
      config: { errors: ['roster_invalid', 'version_conflict'] },
      schema: {
        tags: ['staff'],
        summary: 'Replace the roster; with `If-Match` only the version that was read',
        params: SiteParams,
        headers: RosterHeaders,
        body: RosterBody,
        response: { 200: RosterView },
      },
    },
    async (request) => {
      const { site } = request.params;
      const roster: Roster = request.body;
      const members = new Set((await staff.list(site)).map(({ id }) => id));
      const faults = checkRoster(roster, members);
      if (faults.length > 0) throw new Refused('roster_invalid', { errors: faults });
      const version = await staff.putRoster(
        site,
        roster,
        clock.now(),
        versionOf(request.headers['if-match']),
      );
      await record(context, request, { site, action: 'roster.put', subject: site, detail: { version } });
      return rosterView(roster, version);
    },
  );

  app.get(
    '/sites/:site/roster/on-call',
    {
      schema: {
        tags: ['staff'],
        summary: 'Who is on call, now or at an instant, in the order to call them',
        params: SiteParams,
        querystring: OnCallQuery,
        response: { 200: OnCallView },
      },
    },
    async ({ params: { site }, query }) => {
      const at = query.at === undefined ? clock.now() : instantOf(query.at, '/querystring/at');
      const { members, roster } = await staff.file(site);
      const { shift, crew, order } = onCallAt(roster, siteOf(context, site).site.site.timeZone, at);
      const of = shift === null ? undefined : roster.shifts[shift.index];
      return {
        at: toIso(at),
        shift:
          shift === null || of === undefined
            ? null
            : {
                id: of.id,
                name: of.name,
                date: shift.date,
                from: toIso(shift.from),
                to: toIso(shift.to),
                crew,
              },
        order: order.map((id) => ({ id, name: nameOf(id, members) })),
      };
    },
  );

  app.get(
    '/sites/:site/dispatch-settings',
    {
      schema: {
        tags: ['staff'],
        summary: 'Limits, chain and whom they call',
        params: SiteParams,
        response: { 200: DispatchSettingsBody },
      },
    },
    async ({ params }) => settingsView(await staff.settings(params.site)),
  );

  app.put(
    '/sites/:site/dispatch-settings',
    {
      config: { errors: ['phone_taken', 'unknown_node', 'unknown_staff'] },
      schema: {
        tags: ['staff'],
        summary: 'Replace limits and chain; clocks that run keep theirs',
        params: SiteParams,
        body: DispatchSettingsBody,
        response: { 200: DispatchSettingsBody },
      },
    },
    async (request) => {
      const { site } = request.params;
      // The schema's pattern is that of a ChainTarget, and node kinds it does not know ask for nothing.
      const settings = request.body as DispatchSettings;
      const nodes = new Set(siteOf(context, site).site.nodes.map(({ id }) => id));
      if (settings.urgentNodes.some((id) => !nodes.has(id))) throw new Refused('unknown_node');
      const members = new Set((await staff.list(site)).map(({ id }) => id));
      const named = Object.values(settings.rules).flatMap(({ chain }) =>
        chain.flatMap(({ to }) => personIn(to)),
      );
      if (named.some((id) => !members.has(id))) throw new Refused('unknown_staff');
      await staff.putSettings(site, settings, clock.now()).catch(phoneTaken);
      const { rules, autoOffer } = settings;
      await record(context, request, {
        site,
        action: 'dispatch.settings',
        subject: site,
        detail: { rules, autoOffer },
      });
      return settingsView(settings);
    },
  );
}

function phoneTaken(error: unknown): never {
  if (error instanceof StoreConflict && error.code === 'already_exists') throw new Refused('phone_taken');
  throw error;
}

function personIn(to: string): readonly string[] {
  return to.startsWith('person:') ? [to.slice('person:'.length)] : [];
}

function nameOf(id: string, members: readonly StaffMember[]): string {
  return members.find((member) => member.id === id)?.name ?? '';
}

function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) return undefined;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch)?.[1];
  if (version === undefined) throw new Refused('version_conflict');
  return Number(version);
}
