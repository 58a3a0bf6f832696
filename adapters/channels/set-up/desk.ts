import type { Channel } from '../../../core/ports/channel.ts';
import type { ChannelDesk, ChannelState } from '../../../core/ports/channel-desk.ts';
import { channelOf } from '../entry/define-channel.ts';
import type { ChannelDirectory, DirectoryDeps, SetUp } from './directory.ts';
import { keepSecrets, maskSecrets } from './masked-settings.ts';

const TEST_TIMEOUT_MS = 15_000;

export function createChannelDesk(
  deps: Pick<DirectoryDeps, 'entries' | 'store' | 'box' | 'bus' | 'context'> & {
    /** What takes the messages of simulated sites; it can be tried without being set up. */
    readonly logged?: Channel;
  },
  directory: ChannelDirectory,
): ChannelDesk {
  const { entries, store, box, bus, context } = deps;
  const { publicUrl } = context;

  return {
    kinds: () =>
      [...entries.values()]
        // The log needs no setting up: it takes what nothing else takes.
        .filter(({ id }) => id !== 'log')
        .map(({ id, title, serves, settings, hooks }) => ({
          id,
          title,
          serves,
          schema: settings,
          hooks: publicUrl === null ? null : hooks.map(({ path }) => `${publicUrl}${path}`),
        })),

    states: async () => (await directory.reload()).map(stateOf),

    async put(id, given, { user, at, ifVersion }) {
      const entry = entries.get(id);
      if (entry === undefined || id === 'log') return { refused: 'unknown_channel' };
      const setUps = await directory.reload();
      const rival = setUps.find(
        (one) =>
          one.entry.id !== id && one.source.from === 'stored' && channelOf(one.entry) === channelOf(entry),
      );
      if (rival !== undefined) return { refused: 'channel_taken' };
      const before = setUps.find((one) => one.entry.id === id)?.settings ?? {};
      const settings = keepSecrets(entry.settings, given, before);
      const faults = entry.check(settings);
      if (faults.length > 0) return { faults };
      const sealed = box.seal(JSON.stringify(settings), id);
      const version = await store.put({ id, sealed, savedAt: at, savedBy: user }, ifVersion);
      await directory.reload();
      bus.publish('channels', { id });
      return { version };
    },

    async remove(id, ifVersion) {
      await store.remove(id, ifVersion);
      await directory.reload();
      bus.publish('channels', { id });
    },

    async test(id, message) {
      await directory.reload();
      if (id === 'log')
        return (await deps.logged?.send(message, AbortSignal.timeout(TEST_TIMEOUT_MS))) ?? null;
      const entry = entries.get(id);
      const channel = entry === undefined ? undefined : directory.providers.get(channelOf(entry));
      if (channel === undefined || channel.id !== id) return null;
      return await channel.send(message, AbortSignal.timeout(TEST_TIMEOUT_MS));
    },

    priceOf: (channel) => directory.providers.get(channel)?.price,
    isSetUp: (channel) => directory.providers.has(channel),
  };
}

function stateOf({ entry, settings, source }: SetUp): ChannelState {
  const stored = source.from === 'stored' ? source : null;
  return {
    id: entry.id,
    channel: channelOf(entry),
    from: source.from,
    version: stored?.version ?? 0,
    savedAt: stored?.savedAt ?? null,
    savedBy: stored?.savedBy ?? null,
    settings: settings === null ? null : maskSecrets(entry.settings, settings),
  };
}
