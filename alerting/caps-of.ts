import { chosenOver, type MessageCaps } from '../core/notices/message-caps.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { MessageCapStore } from '../core/ports/message-cap-store.ts';

/** A changed limit is honoured this late, by every sender and without a restart. */
const FRESH_MS = 2_000;
const SITES_KEPT = 500;

/** The limits in force for a site: what it chose, else the installation's. */
export function createCapsOf(
  store: Pick<MessageCapStore, 'get'>,
  standard: MessageCaps,
  clock: Clock,
): (site: string) => Promise<MessageCaps> {
  const known = new Map<string, { readonly readAt: number; readonly caps: Promise<MessageCaps> }>();

  async function read(site: string): Promise<MessageCaps> {
    const found = await store.get(site);
    return found === null ? standard : chosenOver(standard, found.chosen);
  }

  return (site) => {
    const found = known.get(site);
    if (found !== undefined && clock.monotonic() - found.readAt < FRESH_MS) return found.caps;
    const caps = read(site);
    caps.catch(() => known.delete(site));
    known.delete(site);
    known.set(site, { readAt: clock.monotonic(), caps });
    for (const oldest of known.keys()) {
      if (known.size <= SITES_KEPT) break;
      known.delete(oldest);
    }
    return caps;
  };
}
