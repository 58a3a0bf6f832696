import { randomInt } from 'node:crypto';
import { type Bench, benchAt, reachableOf } from '../../core/dispatch/bench.ts';
import type { Dispatch } from '../../core/dispatch/dispatch.ts';
import { isRefused, type Refusal } from '../../core/dispatch/refusal.ts';
import { oweChange } from '../../core/dispatch/tell-change.ts';
import type { Bus } from '../../core/ports/bus.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { StoredDispatch } from '../../core/ports/dispatch-store.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import type { Stores } from '../../core/ports/stores.ts';

const ATTEMPTS = 20;
const ACTIVE_MAX = 1_000;

export interface DispatchDesk {
  readonly stores: Pick<Stores, 'dispatches' | 'staff' | 'audit'>;
  readonly sites: SiteDirectory;
  readonly clock: Clock;
  readonly bus: Bus;
}

/** Whom the site can send now. */
export async function benchOf({ stores, sites, clock }: DispatchDesk, site: string): Promise<Bench> {
  const zone = sites.get(site)?.site.site.timeZone ?? 'UTC';
  const file = await stores.staff.file(site);
  const active = await stores.dispatches.list({ site, active: true, limit: ACTIVE_MAX });
  return benchAt(
    file,
    active.map(({ dispatch }) => dispatch),
    zone,
    clock.now(),
  );
}

/** Stores what a person does with a dispatch and what others are owed for it, again if somebody else was quicker. */
export async function changeDispatch(
  desk: DispatchDesk,
  first: StoredDispatch,
  change: (dispatch: Dispatch) => Dispatch | Refusal,
): Promise<Dispatch | Refusal> {
  const { stores, clock, bus } = desk;
  const { id, site } = first.dispatch;
  const who = reachableOf(await benchOf(desk, site));
  let stored: StoredDispatch | null = first;
  for (let attempt = 0; attempt < ATTEMPTS && stored !== null; attempt += 1) {
    const after = change(stored.dispatch);
    if (isRefused(after)) return after;
    const at = clock.now();
    const { dispatch, notices } = oweChange(stored.dispatch, after, who, at);
    if (await stores.dispatches.save({ dispatch, notices, at }, stored.version)) {
      bus.publish('events', { site, seq: 0 });
      if (notices.length > 0) bus.publish('notices', { site });
      return dispatch;
    }
    stored = await stores.dispatches.byId(id);
  }
  return { refused: 'too_many' };
}

/** Four digits for an answer by SMS; with the telephone they name one offer. */
export function replyCode(): string {
  return String(randomInt(10_000)).padStart(4, '0');
}
