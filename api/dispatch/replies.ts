import { advance } from '../../core/dispatch/advance.ts';
import { isRefused } from '../../core/dispatch/refusal.ts';
import { type Reply, readReply } from '../../core/dispatch/reply.ts';
import type { StoredDispatch } from '../../core/ports/dispatch-store.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { changeDispatch, type DispatchDesk } from './change.ts';

/** Dispatches one telephone may have in hand. */
const IN_HAND = 100;
/** Wrong codes from one telephone within an hour; then it is not listened to until the hour is over. */
const WRONG_MAX = 10;
const HOUR_MS = 3_600_000;
const PHONES_KEPT = 10_000;

export type ReplyOutcome = 'done' | 'refused' | 'wrong_code' | 'barred' | 'no_reply';

/** Takes an engineer's SMS for what it is: the telephone and the code together name one offer. */
export function createReplies(
  desk: DispatchDesk & { readonly telemetry: Telemetry },
): (phone: string, text: string) => Promise<ReplyOutcome> {
  const { stores, clock, telemetry } = desk;
  const wrong = new Map<string, { readonly since: number; count: number }>();

  function strikesOf(phone: string): { readonly since: number; count: number } {
    const now = clock.monotonic();
    const known = wrong.get(phone);
    if (known !== undefined && now - known.since < HOUR_MS) return known;
    const fresh = { since: now, count: 0 };
    wrong.delete(phone);
    wrong.set(phone, fresh);
    for (const oldest of wrong.keys()) {
      if (wrong.size <= PHONES_KEPT) break;
      wrong.delete(oldest);
    }
    return fresh;
  }

  async function answer(phone: string, reply: Reply): Promise<ReplyOutcome> {
    const strikes = strikesOf(phone);
    if (strikes.count >= WRONG_MAX) return 'barred';
    const inHand = await stores.dispatches.ofPhone(phone, IN_HAND);
    const found = inHand.find(({ dispatch, person }) =>
      dispatch.offers.some(({ engineer, code }) => engineer === person && code === reply.code),
    );
    if (found === undefined) {
      strikes.count += 1;
      return 'wrong_code';
    }
    return await act(found, found.person, reply);
  }

  async function act(stored: StoredDispatch, person: string, { move }: Reply): Promise<ReplyOutcome> {
    const { site, incident } = stored.dispatch;
    const outcome = await changeDispatch(desk, stored, (dispatch) => {
      if (move === 'arrive' && dispatch.engineer !== person) return { refused: 'not_asked' };
      return advance(dispatch, { move, engineer: person, by: person, at: clock.now() });
    });
    if (isRefused(outcome)) return 'refused';
    const detail = { by: 'sms' };
    const at = clock.now();
    await stores.audit.append({
      site,
      at,
      by: person,
      action: `dispatch.${move}`,
      subject: incident,
      detail,
    });
    return 'done';
  }

  return async (phone, text) => {
    const reply = readReply(text);
    const outcome = reply === null ? 'no_reply' : await answer(phone, reply);
    telemetry.count('relight_dispatch_replies_total', { outcome });
    return outcome;
  };
}
