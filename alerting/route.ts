import { channelOrder, FIRST_CHANNEL, isDeskChannel } from '../core/notices/channel-order.ts';
import type { ChannelName } from '../core/people/profile.ts';
import type { Channel } from '../core/ports/channel.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import type { AlertingDeps } from './deps.ts';

/** Key of a site's duty desk among its people. */
const DESK = 'staff';

export type Route =
  | {
      readonly channel: Channel;
      readonly to: string;
      /** Channels that hear the same besides this one. */
      readonly also: readonly string[];
    }
  /** Not this channel but these. */
  | { readonly divert: readonly string[] }
  | { readonly refused: 'site_missing' | 'opted_out' | 'no_phone' | 'no_channel' };

type RouteDeps = Pick<AlertingDeps, 'sites' | 'channels'>;

/** Which channel carries a delivery. A simulated site never reaches a provider, whatever is configured. */
export function routeOf(claimed: ClaimedDelivery, deps: RouteDeps): Route {
  const { delivery, recipient } = claimed;
  const { providers, log } = deps.channels;
  const site = deps.sites.get(delivery.site)?.site.site;
  if (site === undefined) return { refused: 'site_missing' };
  if (recipient.optedOut) return { refused: 'opted_out' };
  const logged = { channel: log, to: recipient.phone ?? recipient.id, also: [] };
  if (site.simulated || providers.size === 0) return logged;
  const provider = providers.get(delivery.channel);
  if (isDeskChannel(delivery.channel)) {
    return provider === undefined ? { refused: 'no_channel' } : { channel: provider, to: DESK, also: [] };
  }
  const fresh = delivery.channel === FIRST_CHANNEL && delivery.attempts === 0;
  const desks = recipient.id === DESK && fresh ? [...providers.keys()].filter(isDeskChannel) : [];
  const order = orderOf(claimed, deps);
  const [first] = order;
  if (first === undefined) {
    if (desks.length > 0) return { divert: desks };
    return { refused: recipient.phone === null ? 'no_phone' : 'no_channel' };
  }
  if (fresh && first !== delivery.channel) return { divert: [first, ...desks] };
  const to = addressOf(claimed, delivery.channel);
  if (provider === undefined || to === null) return { refused: to === null ? 'no_phone' : 'no_channel' };
  return { channel: provider, to, also: desks };
}

/** The channels the recipient can be tried on, in order. */
export function orderOf(claimed: ClaimedDelivery, { channels }: RouteDeps): readonly ChannelName[] {
  return channelOrder(
    claimed.delivery,
    claimed.profile,
    (channel) => channels.providers.has(channel) && addressOf(claimed, channel) !== null,
  );
}

function addressOf({ recipient, profile }: ClaimedDelivery, channel: string): string | null {
  return channel === 'email' ? (profile.email ?? null) : recipient.phone;
}
