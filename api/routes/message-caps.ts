import { SiteParams } from '../../contracts/http/common.ts';
import {
  MessageCapsBody,
  MessageCapsHeaders,
  MessageCapsQuery,
  MessageCapsReply,
  MessageCapsView,
} from '../../contracts/http/message-caps.ts';
import {
  type ChosenCaps,
  chosenOver,
  type MessageCaps,
  NOTHING_CHOSEN,
  unreachableCaps,
} from '../../core/notices/message-caps.ts';
import { versionIn } from '../claims/money-given.ts';
import { type Context, record, type Server, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { messageCapsView } from '../views/message-caps.ts';

/** The limits of mass sending: what holds, where it comes from, what is spent of it, and a site's own choice. */
export function messageCapRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;

  app.get(
    '/sites/:site/message-caps',
    {
      schema: {
        tags: ['notices'],
        summary: 'The limits of mass sending, where each comes from, and how much of them is spent',
        params: SiteParams,
        response: { 200: MessageCapsView },
      },
    },
    async ({ params: { site } }) => messageCapsView(context, site, await stores.messageCaps.get(site)),
  );

  app.put(
    '/sites/:site/message-caps',
    {
      config: { errors: ['caps_invalid', 'version_conflict'] },
      schema: {
        tags: ['notices'],
        summary:
          'Choose limits for this site, null for those of the installation; with `dryRun` only say what they would mean',
        params: SiteParams,
        querystring: MessageCapsQuery,
        headers: MessageCapsHeaders,
        body: MessageCapsBody,
        response: { 200: MessageCapsReply },
      },
    },
    async (request) => {
      const { site } = request.params;
      const { chosen, reason } = request.body;
      refuseSlips(context.messageCaps, chosen);
      const before = await stores.messageCaps.get(site);
      if (request.query.dryRun === true)
        return { applied: false, after: await messageCapsView(context, site, before, chosen) };
      const by = { savedAt: clock.now(), savedBy: userOf(request).id };
      const ifVersion = versionIn(request.headers['if-match']) ?? 0;
      await stores.messageCaps.put({ site, chosen, reason: reason.trim(), ...by }, ifVersion);
      const detail = { before: before?.chosen ?? NOTHING_CHOSEN, after: chosen, reason: reason.trim() };
      await record(context, request, { site, action: 'message-caps.put', subject: site, detail });
      return {
        applied: true,
        after: await messageCapsView(context, site, await stores.messageCaps.get(site)),
      };
    },
  );
}

/** Only what was chosen can be a slip; the installation's own limits are not this person's to mend. */
function refuseSlips(standard: MessageCaps, chosen: ChosenCaps): void {
  const { segmentsPerDay } = chosenOver(standard, chosen);
  const errors = unreachableCaps(chosenOver(standard, chosen))
    .filter((name) => chosen[name] !== null || chosen.segmentsPerDay !== null)
    .map((name) => ({
      path: `/body/chosen/${name}`,
      code: 'above_day',
      message: `at most ${segmentsPerDay}, the limit within a day`,
    }));
  if (errors.length > 0) throw new Refused('caps_invalid', { errors });
}
