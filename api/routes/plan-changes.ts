import {
  type PlanChangeBody,
  PlanChangePreview,
  PlanChangeBody as PlanChangeSchema,
  PlanParams,
} from '../../contracts/http/planned.ts';
import { incidentNumber } from '../../core/notices/facts.ts';
import { indexSite } from '../../core/notices/facts-of.ts';
import { planAffected } from '../../core/planned/affected.ts';
import { cancel, finish, isPlanRefusal, missedPeriods, move } from '../../core/planned/change.ts';
import type { PlannedOutage } from '../../core/planned/outage.ts';
import { previewNotices, priceOf } from '../../core/planned/preview.ts';
import { type PlanTelling, tellCancel, tellEnd, tellMove } from '../../core/planned/tell.ts';
import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';
import { type Context, type Server, siteOf, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { planRefused, planWindow } from '../planned/plan-window.ts';
import { STAND_IN_LINK } from '../planned/stand-in-link.ts';

/** What a change of a planned outage would tell whom, before anybody is told. */
export function planChangeRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;

  app.post(
    '/sites/:site/planned-outages/:plan/preview',
    {
      config: { errors: ['unknown_plan', 'unknown_node', 'invalid_range', 'plan_refused'] },
      schema: {
        tags: ['planned'],
        summary: 'Who would be told what if it were moved, cancelled or ended now; tells nobody',
        params: PlanParams,
        body: PlanChangeSchema,
        response: { 200: PlanChangePreview },
      },
    },
    async (request) => {
      const { site: id, plan } = request.params;
      const { site } = siteOf(context, id);
      const stored = await stores.planned.get(id, plan);
      if (stored === null) throw new Refused('unknown_plan');
      const at = clock.now();
      const { plan: after, notices } = telling(site, stored.plan, request.body, userOf(request).id, at);
      const link = context.publicUrl === null ? null : new URL(STAND_IN_LINK, context.publicUrl).href;
      const { from, to, work } = after;
      const window = { from, to, work, number: incidentNumber(after.id) };
      const { segments, samples } = previewNotices(notices, indexSite(site), window, link);
      const { segmentPrice } = await stores.planned.settings(id);
      const affected = planAffected(site, after.nodes);
      return {
        told: Object.keys(stored.plan.told).length,
        messages: notices.length,
        segments,
        cost: segmentPrice === null ? null : priceOf(segmentPrice, segments),
        samples: samples.map(({ stage, language, text, units, segments: each, messages }) => ({
          stage,
          language,
          text,
          units,
          segments: each,
          messages,
        })),
        premises: affected.premises.length,
        newcomers: [...affected.people.keys()].filter((person) => stored.plan.told[person] === undefined)
          .length,
        missed_h: from === stored.plan.from ? [] : [...missedPeriods(after.rules, from, at)],
      };
    },
  );
}

/** The change made on paper; a period it misses is shown, not refused. */
function telling(
  site: Site,
  plan: PlannedOutage,
  body: PlanChangeBody,
  by: string,
  at: Instant,
): PlanTelling {
  switch (body.change) {
    case 'move': {
      const window = planWindow(site, { ...body, nodes: body.nodes ?? [...plan.nodes] });
      const moved = move(plan, window, { by, at, exemption: '-' });
      if (isPlanRefusal(moved)) throw planRefused(moved);
      return tellMove(moved, planAffected(site, moved.nodes).people, at);
    }
    case 'cancel': {
      const cancelled = cancel(plan, { by, at, note: '-' });
      if (isPlanRefusal(cancelled)) throw planRefused(cancelled);
      return tellCancel(cancelled, at);
    }
    case 'finish': {
      const finished = finish(plan, { by, at });
      if (isPlanRefusal(finished)) throw planRefused(finished);
      return tellEnd(finished, at);
    }
  }
}
