import { type ChannelName, isDependent, type PersonProfile } from '../people/profile.ts';
import { wakes } from '../people/quiet-hours.ts';
import type { MessageStage } from './notice.ts';

/** What the outbox owes every message on before anybody looked at the recipient's wishes. */
export const FIRST_CHANNEL = 'sms';

const PERSONAL: ReadonlySet<string> = new Set(['sms', 'voice', 'email', 'wechat'] satisfies ChannelName[]);

/** Channels of the desk are whatever is set up besides those of persons. */
export function isDeskChannel(channel: string): boolean {
  return !PERSONAL.has(channel);
}

/** What must not wait for somebody to look at a phone. */
function isUrgent(stage: MessageStage, audience: 'owner' | 'staff'): boolean {
  if (stage === 'danger') return true;
  return audience === 'staff' && (stage === 'offer' || stage.endsWith('_escalation'));
}

/**
 * The channels a message to one person is tried on: as they wish, but a call before all else for who depends on supply, and
 * after all else where it must not wait. `can` says what is set up and has an address of theirs.
 */
export function channelOrder(
  { stage, audience }: { readonly stage: MessageStage; readonly audience: 'owner' | 'staff' },
  profile: PersonProfile,
  can: (channel: ChannelName) => boolean,
): readonly ChannelName[] {
  const first: readonly ChannelName[] =
    audience === 'owner' && isDependent(profile) && wakes(stage, true) ? ['voice'] : [];
  const last: readonly ChannelName[] = isUrgent(stage, audience) ? ['voice'] : [];
  return [...new Set([...first, ...profile.channels, ...last])].filter(can);
}

/** The channel after `current`; null when it was the last. */
export function nextChannel(order: readonly ChannelName[], current: string): ChannelName | null {
  const names: readonly string[] = order;
  return order[names.indexOf(current) + 1] ?? null;
}
