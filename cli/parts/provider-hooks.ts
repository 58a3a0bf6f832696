import { channelOf } from '../../adapters/channels/entry/define-channel.ts';
import type { ProviderHook } from '../../api/deps.ts';
import { createReplies } from '../../api/dispatch/replies.ts';
import { createInbound } from '../../api/inbound/receive.ts';
import type { Channels } from './channels.ts';
import type { Ground } from './ground.ts';

/** Where providers report what became of a message, and hand over what people send: heard while their channel is set up. */
export function providerHooks(ground: Ground, { entries, directory }: Channels): ProviderHook[] {
  const { stores, clock, telemetry, publicUrl } = ground;
  if (publicUrl === null) return [];
  const received = createInbound({ stores, clock, telemetry, reply: createReplies(ground) });
  const hooks = new Map<string, ProviderHook>();
  for (const entry of entries.values()) {
    const channel = channelOf(entry);
    for (const hook of entry.hooks) {
      const world = {
        publicUrl,
        clock,
        telemetry,
        received,
        receipt: (
          id: string,
          state: Parameters<typeof stores.outbox.receipt>[2],
          at: number,
          error?: string,
        ) => stores.outbox.receipt(channel, id, state, at, error),
      };
      hooks.set(hook.path, {
        path: hook.path,
        body: hook.body,
        ...(hook.signatureHeader === undefined ? {} : { signatureHeader: hook.signatureHeader }),
        async receive(request) {
          const settings = directory.settingsOf(entry.id);
          return settings === null ? { status: 403 } : await hook.receive(settings, request, world);
        },
      });
    }
  }
  return [...hooks.values()];
}
