import type { Static, TObject } from 'typebox';
import { compileShape } from '../../../contracts/shape-faults.ts';
import type { Channel } from '../../../core/ports/channel.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Logger } from '../../../core/ports/logger.ts';
import type { Fault } from '../../../core/units/fault.ts';
import type { ChannelHook } from './hook.ts';

/** What every channel may need besides its own settings. */
export interface ChannelContext {
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the provider reaches us, without a trailing slash; null when nothing outside can. */
  readonly publicUrl: string | null;
}

/** A way to reach persons, or the desk: a group or a machine behind the settings that hears what staff is told. */
export type Serves = 'sms' | 'voice' | 'email' | 'desk';

interface ChannelDefinition<S extends TObject> {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  readonly serves: Serves;
  /** Drawn as a form and checked before `create`; a secret is marked `secret: true` in its schema. */
  readonly settings: S;
  /** Where the provider reports back. */
  readonly hooks?: readonly ChannelHook<Static<S>>[];
  create(settings: Static<S>, context: ChannelContext): Channel;
}

/** One way to reach people, as a registry knows it: the settings are whatever the schema says, checked on opening. */
export interface ChannelEntry {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  readonly serves: Serves;
  readonly settings: TObject;
  readonly hooks: readonly ChannelHook<unknown>[];
  check(settings: unknown): readonly Fault[];
  open(settings: unknown, context: ChannelContext): Opened;
}

export type Opened =
  | { readonly ok: true; readonly channel: Channel }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Checks at compile time that `create` takes what the schema describes. A file in this folder has one as its default export. */
export function defineChannel<S extends TObject>(definition: ChannelDefinition<S>): ChannelEntry {
  const { id, title, serves, settings, hooks = [] } = definition;
  const shape = compileShape(settings);
  return {
    id,
    title,
    serves,
    settings,
    hooks: hooks.map((hook) => ({
      ...hook,
      // Settings that fit no longer are as good as none.
      receive: async (given, request, world) =>
        shape.is(given) ? await hook.receive(given, request, world) : { status: 403 },
    })),
    check: (given) => (shape.is(given) ? [] : shape.faults(given, '')),
    open: (given, context) =>
      shape.is(given)
        ? { ok: true, channel: definition.create(given, context) }
        : { ok: false, faults: shape.faults(given, '') },
  };
}

/** The outbox's name for what an entry serves: each desk has a channel of its own. */
export function channelOf(entry: Pick<ChannelEntry, 'id' | 'serves'>): string {
  return entry.serves === 'desk' ? entry.id : entry.serves;
}
