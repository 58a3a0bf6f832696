import type { Channel } from '../../core/ports/channel.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';

/**
 * The log channel shows whole messages while every site is simulated, and their ends only from the moment there is a real
 * one, whose owners' business they are. Both ways write the same file, one at a time.
 */
export function createLogChannel(sites: SiteDirectory, open: (bodies: boolean) => Channel): Channel {
  let bodies = false;
  let channel = open(bodies);

  function current(): Channel {
    const all = sites.all();
    const simulated = all.length > 0 && all.every(({ site }) => site.site.simulated);
    if (simulated !== bodies) {
      bodies = simulated;
      channel = open(bodies);
    }
    return channel;
  }

  return {
    id: 'log',
    send: (message, signal) => current().send(message, signal),
    findSent: async (message, since) => (await current().findSent?.(message, since)) ?? [],
  };
}
