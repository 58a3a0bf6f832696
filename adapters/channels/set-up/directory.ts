import type { Bus } from '../../../core/ports/bus.ts';
import type { Channel } from '../../../core/ports/channel.ts';
import type { ChannelSettingStore } from '../../../core/ports/channel-setting-store.ts';
import type { Lifecycle } from '../../../core/ports/lifecycle.ts';
import type { Logger } from '../../../core/ports/logger.ts';
import type { SecretBox } from '../../../core/ports/secret-box.ts';
import { type ChannelContext, type ChannelEntry, channelOf } from '../entry/define-channel.ts';

/** How late a process learns of settings that another one saved, when the nudge was lost. */
const POLL_MS = 5_000;

/** Where settings come from: those stored win over the environment's, also of another kind that serves the same. */
export type SettingSource =
  | { readonly from: 'environment' }
  | { readonly from: 'stored'; readonly version: number; readonly savedAt: number; readonly savedBy: string };

export interface SetUp {
  readonly entry: ChannelEntry;
  /** Null: they cannot be read with the key we have, or fit the schema no longer. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly source: SettingSource;
}

export interface ChannelDirectory extends Lifecycle {
  /** By channel of the outbox; changes while it is in use. */
  readonly providers: ReadonlyMap<string, Channel>;
  /** What is set up now, read anew. */
  reload(): Promise<readonly SetUp[]>;
  /** By id of the entry; null: not set up. */
  settingsOf(id: string): Readonly<Record<string, unknown>> | null;
}

export interface DirectoryDeps {
  readonly entries: ReadonlyMap<string, ChannelEntry>;
  readonly store: ChannelSettingStore;
  readonly box: SecretBox;
  /** By id of the entry. */
  readonly environment: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly bus: Bus;
  readonly log: Logger;
  readonly context: ChannelContext;
}

export function createChannelDirectory(deps: DirectoryDeps): ChannelDirectory {
  const { entries, store, box, environment, bus, log, context } = deps;
  const providers = new Map<string, Channel>();
  let setUps: readonly SetUp[] = [];
  /** What each provider was opened from. */
  const opened = new Map<string, string>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let unsubscribe = (): void => {};

  async function read(): Promise<readonly SetUp[]> {
    const stored: SetUp[] = [];
    for (const { sealed, ...row } of await store.list()) {
      const entry = entries.get(row.id);
      if (entry === undefined) continue;
      const settings = readSettings(box.open(sealed, row.id), entry);
      const { version, savedAt, savedBy } = row;
      stored.push({ entry, settings, source: { from: 'stored', version, savedAt, savedBy } });
    }
    const taken = new Set(stored.map(({ entry }) => channelOf(entry)));
    const fromEnvironment = [...environment].flatMap(([id, settings]): SetUp[] => {
      const entry = entries.get(id);
      return entry === undefined || taken.has(channelOf(entry))
        ? []
        : [{ entry, settings, source: { from: 'environment' } }];
    });
    return [...stored, ...fromEnvironment];
  }

  async function reload(): Promise<readonly SetUp[]> {
    setUps = await read();
    const seen = new Set<string>();
    for (const { entry, settings } of setUps) {
      const channel = channelOf(entry);
      seen.add(channel);
      const text = JSON.stringify([entry.id, settings]);
      if (opened.get(channel) === text) continue;
      opened.set(channel, text);
      const made = settings === null ? null : entry.open(settings, context);
      if (made?.ok === true) {
        providers.set(channel, made.channel);
      } else {
        providers.delete(channel);
        log.error('a channel cannot be opened with its settings', { channel: entry.id });
      }
    }
    for (const channel of [...providers.keys()]) if (!seen.has(channel)) providers.delete(channel);
    for (const channel of [...opened.keys()]) if (!seen.has(channel)) opened.delete(channel);
    return setUps;
  }

  const tryReload = () =>
    reload().catch((error: unknown) =>
      log.error('channel settings cannot be read', { error: String(error) }),
    );

  return {
    providers,
    reload,
    settingsOf: (id) => setUps.find(({ entry }) => entry.id === id)?.settings ?? null,
    async start() {
      await reload();
      unsubscribe = bus.subscribe('channels', () => void tryReload());
      timer = setInterval(() => void tryReload(), POLL_MS);
    },
    async stop() {
      unsubscribe();
      clearInterval(timer);
    },
  };
}

function readSettings(text: string | null, entry: ChannelEntry): SetUp['settings'] {
  if (text === null) return null;
  const parsed: unknown = JSON.parse(text);
  if (entry.check(parsed).length > 0 || typeof parsed !== 'object' || parsed === null) return null;
  return { ...parsed };
}
