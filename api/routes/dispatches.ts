import { IncidentParams, SiteParams } from '../../contracts/http/common.ts';
import {
  AdvanceBody,
  DispatchList,
  DispatchQueryString,
  DispatchView,
  OfferBody,
  PauseBody,
  SuggestionList,
} from '../../contracts/http/dispatch.ts';
import { advance } from '../../core/dispatch/advance.ts';
import { suggestionsFor } from '../../core/dispatch/bench.ts';
import type { Dispatch } from '../../core/dispatch/dispatch.ts';
import { offer } from '../../core/dispatch/offer.ts';
import { pause, resume } from '../../core/dispatch/pause.ts';
import { isRefused, type Refusal } from '../../core/dispatch/refusal.ts';
import type { StoredDispatch } from '../../core/ports/dispatch-store.ts';
import type { User } from '../../core/ports/people.ts';
import { type Context, record, type Server, siteOf, userOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { benchOf, changeDispatch, replyCode } from '../dispatch/change.ts';
import { Refused } from '../errors.ts';
import { dispatchView } from '../views/dispatch.ts';

const PAGE = 50;

type Params = { readonly site: string; readonly incident: string };

export function dispatchRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;

  async function stored({ site, incident }: Params): Promise<StoredDispatch> {
    const found = await stores.dispatches.ofIncident(site, incident);
    if (found === null) throw new Refused('unknown_dispatch');
    return found;
  }

  async function shown(dispatch: Dispatch): Promise<DispatchView> {
    return dispatchView(dispatch, await stores.staff.list(dispatch.site), clock.now());
  }

  async function changed(
    params: Params,
    change: (dispatch: Dispatch) => Dispatch | Refusal,
  ): Promise<DispatchView> {
    const outcome = await changeDispatch(context, await stored(params), change);
    if (isRefused(outcome)) throw refusal(outcome);
    return shown(outcome);
  }

  /** The person behind an account; null for one that is no member of staff here. */
  async function ownStaffId(site: string, { id }: User): Promise<string | null> {
    return (
      (await stores.staff.list(site)).find(({ account, active }) => active && account === id)?.id ?? null
    );
  }

  app.get(
    '/sites/:site/dispatches',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['dispatch'],
        summary: 'Dispatches, newest first',
        params: SiteParams,
        querystring: DispatchQueryString,
        response: { 200: DispatchList },
      },
    },
    async ({ params: { site }, query }) => {
      const limit = query.limit ?? PAGE;
      const found = await stores.dispatches.list({
        site,
        ...(query.active === undefined ? {} : { active: query.active }),
        ...(query.cursor === undefined ? {} : { before: beforeOf(query.cursor) }),
        limit: limit + 1,
      });
      const staff = await stores.staff.list(site);
      const page = found.slice(0, limit).map(({ dispatch }) => dispatch);
      const last = page.at(-1);
      const next = last !== undefined && found.length > limit ? encodeCursor([last.openedAt, last.id]) : null;
      return { items: page.map((one) => dispatchView(one, staff, clock.now())), next };
    },
  );

  app.get(
    '/sites/:site/incidents/:incident/dispatch',
    {
      config: { errors: ['unknown_dispatch'] },
      schema: {
        tags: ['dispatch'],
        summary: 'Who goes, how far they are, and the clocks',
        params: IncidentParams,
        response: { 200: DispatchView },
      },
    },
    async ({ params }) => shown((await stored(params)).dispatch),
  );

  app.get(
    '/sites/:site/incidents/:incident/dispatch/suggestions',
    {
      config: { errors: ['unknown_incident'] },
      schema: {
        tags: ['dispatch'],
        summary: 'Whom to send: by skill, duty and what they have in hand, the best first',
        params: IncidentParams,
        response: { 200: SuggestionList },
      },
    },
    async ({ params: { site, incident } }) => {
      const about = await stores.incidents.get(site, incident);
      if (about === null) throw new Refused('unknown_incident');
      const bench = await benchOf(context, site);
      const kind = siteOf(context, site).site.nodes.find(({ id }) => id === about.root)?.kind;
      const names = new Map(bench.members.map(({ id, name }) => [id, name]));
      const items = suggestionsFor(bench, kind).map((one) => ({
        ...one,
        missingSkills: [...one.missingSkills],
        name: names.get(one.engineer) ?? '',
      }));
      return { items, next: null };
    },
  );

  app.post(
    '/sites/:site/incidents/:incident/dispatch/offer',
    {
      config: { errors: ['unknown_dispatch', 'unknown_staff', 'dispatch_refused'] },
      schema: {
        tags: ['dispatch'],
        summary: 'Ask an engineer; whoever was asked or is on the way is relieved',
        params: IncidentParams,
        body: OfferBody,
        response: { 200: DispatchView },
      },
    },
    async (request) => {
      const { site, incident } = request.params;
      const { engineer, note } = request.body;
      const members = await stores.staff.list(site);
      if (!members.some(({ id, active }) => id === engineer && active)) throw new Refused('unknown_staff');
      const asking = { engineer, by: userOf(request).id, at: clock.now(), code: replyCode() };
      const view = await changed(request.params, (dispatch) =>
        offer(dispatch, { ...asking, ...(note === undefined ? {} : { note }) }),
      );
      await record(context, request, {
        site,
        action: 'dispatch.offer',
        subject: incident,
        detail: { engineer },
      });
      return view;
    },
  );

  app.post(
    '/sites/:site/incidents/:incident/dispatch/advance',
    {
      config: { errors: ['unknown_dispatch', 'unknown_photo', 'dispatch_refused', 'not_your_dispatch'] },
      schema: {
        tags: ['dispatch'],
        summary: 'Accept, decline, set out, arrive, work, restore, visit again',
        params: IncidentParams,
        body: AdvanceBody,
        response: { 200: DispatchView },
      },
    },
    async (request) => {
      const { site, incident } = request.params;
      const { move, note, photo } = request.body;
      const user = userOf(request);
      const before = await stored(request.params);
      const own = await ownStaffId(site, user);
      const engineer = request.body.engineer ?? own ?? undefined;
      if (user.role === 'engineer' && !mayMove(before.dispatch, move, own, engineer)) {
        throw new Refused('not_your_dispatch');
      }
      if (photo !== undefined && (await stores.dispatches.photo(site, photo))?.incident !== incident) {
        throw new Refused('unknown_photo');
      }
      const moving = {
        move,
        by: user.id,
        at: clock.now(),
        ...(engineer === undefined ? {} : { engineer }),
        ...(note === undefined ? {} : { note }),
        ...(photo === undefined ? {} : { photo }),
      };
      const view = await changed(request.params, (dispatch) => advance(dispatch, moving));
      const detail = { engineer: engineer ?? null };
      await record(context, request, { site, action: `dispatch.${move}`, subject: incident, detail });
      return view;
    },
  );

  for (const [action, act] of [
    ['pause', pause],
    ['resume', resume],
  ] as const) {
    app.post(
      `/sites/:site/incidents/:incident/dispatch/${action}`,
      {
        config: { errors: ['unknown_dispatch', 'dispatch_refused'] },
        schema: {
          tags: ['dispatch'],
          summary: action === 'pause' ? 'Let a clock rest, for a reason' : 'Let a clock that rests run on',
          params: IncidentParams,
          body: PauseBody,
          response: { 200: DispatchView },
        },
      },
      async (request) => {
        const { site, incident } = request.params;
        const { clock: name = null, reason } = request.body;
        const pausing = { clock: name, reason, by: userOf(request).id, at: clock.now() };
        const view = await changed(request.params, (dispatch) => act(dispatch, pausing));
        const detail = { clock: name };
        await record(context, request, { site, action: `dispatch.${action}`, subject: incident, detail });
        return view;
      },
    );
  }
}

/** Engineers answer for themselves and move what they have accepted. */
function mayMove(
  dispatch: Dispatch,
  move: string,
  own: string | null,
  engineer: string | undefined,
): boolean {
  if (own === null || engineer !== own) return false;
  return move === 'accept' || move === 'decline' || dispatch.engineer === own;
}

function refusal({ refused }: Refusal): Refused {
  return new Refused('dispatch_refused', { errors: [{ path: '/dispatch', code: refused }] });
}

function beforeOf(cursor: string): { at: number; id: string } {
  const [at, id] = decodeCursor(cursor, ['number', 'string']);
  return { at, id };
}
