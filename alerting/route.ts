import type { Channel } from '../core/ports/channel.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import type { AlertingDeps } from './deps.ts';

export type Route =
  | { readonly channel: Channel; readonly to: string }
  | { readonly refused: 'site_missing' | 'opted_out' | 'no_phone' };

/** Which channel carries a delivery. A simulated site never reaches a provider, whatever is configured. */
export function routeOf(
  { delivery, recipient }: ClaimedDelivery,
  deps: Pick<AlertingDeps, 'sites' | 'channels'>,
): Route {
  const site = deps.sites.get(delivery.site)?.site.site;
  if (site === undefined) return { refused: 'site_missing' };
  if (recipient.optedOut) return { refused: 'opted_out' };
  const provider = site.simulated ? undefined : deps.channels.providers.get(delivery.channel);
  if (provider === undefined) return { channel: deps.channels.log, to: recipient.phone ?? recipient.id };
  return recipient.phone === null ? { refused: 'no_phone' } : { channel: provider, to: recipient.phone };
}
