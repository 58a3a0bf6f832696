import { Type } from 'typebox';
import { IdempotencyHeaders } from '../../contracts/http/common.ts';
import { LinkBody, LinkParams, LinkView } from '../../contracts/http/dispatch.ts';
import { advance, movesFrom } from '../../core/dispatch/advance.ts';
import type { Dispatch, Offer } from '../../core/dispatch/dispatch.ts';
import { linkLives, readToken } from '../../core/dispatch/link-token.ts';
import { isRefused } from '../../core/dispatch/refusal.ts';
import { incidentNumber } from '../../core/notices/facts.ts';
import type { StoredDispatch } from '../../core/ports/dispatch-store.ts';
import { type Instant, toIso } from '../../core/units/time.ts';
import { type Context, instantOf, type Server } from '../context.ts';
import { changeDispatch } from '../dispatch/change.ts';
import { Refused } from '../errors.ts';
import { clockView } from '../views/dispatch.ts';

/** What an engineer may say by link; the rest is said signed in. */
const BY_LINK: readonly string[] = ['accept', 'arrive', 'decline'];
/** What comes in this late was said while there was no network. */
const LATE_MS = 60_000;

/** The link in an engineer's SMS. Opening it changes nothing (phones open links to show a preview); saying something does. */
export function dispatchLinkRoutes(app: Server, context: Context): void {
  const { stores, clock, signer, telemetry, sites } = context;

  async function linked(token: string): Promise<{ readonly stored: StoredDispatch; readonly offer: Offer }> {
    const subject = readToken(token, signer);
    const stored = subject === null ? null : await stores.dispatches.byId(subject.dispatch);
    const offer = stored?.dispatch.offers.find(({ n }) => n === subject?.n);
    if (stored === null || offer === undefined || !linkLives(offer, clock.now())) {
      telemetry.count('relight_links_refused_total', { reason: subject === null ? 'forged' : 'over' });
      throw new Refused('link_used');
    }
    return { stored, offer };
  }

  async function shown(dispatch: Dispatch, offer: Offer): Promise<LinkView> {
    const site = sites.get(dispatch.site)?.site;
    const incident = await stores.incidents.get(dispatch.site, dispatch.incident);
    if (site === undefined || incident === null) throw new Refused('link_used');
    return {
      site: site.site.name,
      timeZone: site.site.timeZone,
      incident: incidentNumber(incident.id),
      place: site.nodes.find(({ id }) => id === incident.root)?.name ?? incident.root,
      onset: toIso(incident.onset),
      units: incident.affected.length,
      severity: dispatch.severity,
      state: dispatch.state,
      moves: movesFrom(dispatch.state).filter((move) => BY_LINK.includes(move) && concerns(dispatch, offer)),
      clocks: dispatch.clocks.map((run) => clockView(run, clock.now())),
    };
  }

  app.get(
    '/d/:token',
    {
      config: { errors: ['link_used'], strict: true },
      schema: {
        tags: ['dispatch'],
        summary: 'What the link in an engineer’s message is about, and what can be answered',
        params: LinkParams,
        response: { 200: LinkView },
      },
    },
    async ({ params }) => {
      const { stored, offer } = await linked(params.token);
      return shown(stored.dispatch, offer);
    },
  );

  app.post(
    '/d/:token',
    {
      config: { errors: ['link_used', 'dispatch_refused'], strict: true },
      schema: {
        tags: ['dispatch'],
        summary:
          'Accept, decline or arrive with the link; each works once, and the same `Idempotency-Key` again is the same request',
        params: LinkParams,
        headers: Type.Partial(IdempotencyHeaders),
        body: LinkBody,
        response: { 200: LinkView },
      },
    },
    async ({ params, body, headers }) => {
      const { stored, offer } = await linked(params.token);
      const { move, note } = body;
      const by = offer.engineer;
      const key = keyOf(headers['idempotency-key'], offer);
      if (isTold(stored.dispatch, key)) return shown(stored.dispatch, offer);
      const saidAt = saidBefore(body.saidAt, offer, clock.now());
      const outcome = await changeDispatch(context, stored, (dispatch) => {
        const now = dispatch.offers.find(({ n }) => n === offer.n) ?? offer;
        if (!concerns(dispatch, now)) return { refused: 'not_asked' };
        const extras = { ...(note === undefined ? {} : { note }), ...(key === null ? {} : { key }) };
        const moving = { move, engineer: by, by, at: clock.now(), ...extras };
        return advance(dispatch, saidAt === null ? moving : { ...moving, saidAt });
      });
      if (isRefused(outcome)) {
        // The same request may have come in twice at the same time.
        const now = await stores.dispatches.byId(stored.dispatch.id);
        if (now !== null && isTold(now.dispatch, key)) return shown(now.dispatch, offer);
        throw new Refused('dispatch_refused', { errors: [{ path: '/body/move', code: outcome.refused }] });
      }
      const { site, incident } = outcome;
      const entry = { site, at: clock.now(), by, action: `dispatch.${move}`, subject: incident };
      await stores.audit.append({
        ...entry,
        detail: { by: 'link', ...(saidAt === null ? {} : { saidAt: toIso(saidAt) }) },
      });
      return shown(outcome, offer);
    },
  );
}

/** An engineer's key, apart from those of others who were asked. */
function keyOf(given: string | undefined, { n }: Offer): string | null {
  return given === undefined ? null : `${n}:${given}`;
}

function isTold({ history }: Dispatch, key: string | null): boolean {
  return key !== null && history.some((entry) => entry.key === key);
}

/** The telephone's word on when, as far as it can be true; a clock that is wrong says nothing. */
function saidBefore(given: string | undefined, offer: Offer, now: Instant): Instant | null {
  if (given === undefined) return null;
  const at = instantOf(given, '/body/saidAt');
  return at >= offer.at && at <= now - LATE_MS ? at : null;
}

/** A link lives as long as its own offer is open, lapsed or accepted: not after a no, nor when another goes. */
function concerns(dispatch: Dispatch, { n, engineer }: Offer): boolean {
  const answer = dispatch.offers.find((one) => one.n === n)?.answer;
  if (dispatch.state === 'offered') return answer === 'open' || answer === 'lapsed';
  return answer === 'accepted' && dispatch.engineer === engineer;
}
