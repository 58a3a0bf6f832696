import type { Static, TObject } from 'typebox';
import { compileShape } from '../../../contracts/shape-faults.ts';
import type { Channel } from '../../../core/ports/channel.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Logger } from '../../../core/ports/logger.ts';
import type { Fault } from '../../../core/units/fault.ts';

/** What every channel may need besides its own settings. */
export interface ChannelContext {
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the provider reaches us, without a trailing slash; null when nothing outside can. */
  readonly publicUrl: string | null;
}

interface ChannelDefinition<S extends TObject> {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  /** The logical channel of the outbox it can serve. */
  readonly serves: 'sms';
  /** Drawn as a form and checked before `create`; a secret is marked `secret: true` in its schema. */
  readonly settings: S;
  create(settings: Static<S>, context: ChannelContext): Channel;
}

/** One way to reach people, as a registry knows it: the settings are whatever the schema says, checked on opening. */
export interface ChannelEntry {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  readonly serves: 'sms';
  readonly settings: TObject;
  open(settings: unknown, context: ChannelContext): Opened;
}

export type Opened =
  | { readonly ok: true; readonly channel: Channel }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Checks at compile time that `create` takes what the schema describes. A file in this folder has one as its default export. */
export function defineChannel<S extends TObject>(definition: ChannelDefinition<S>): ChannelEntry {
  const { id, title, serves, settings } = definition;
  return {
    id,
    title,
    serves,
    settings,
    open(given, context) {
      const shape = compileShape(settings);
      return shape.is(given)
        ? { ok: true, channel: definition.create(given, context) }
        : { ok: false, faults: shape.faults(given, '') };
    },
  };
}
