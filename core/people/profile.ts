/** Ways to reach a person, in the order they want them tried. */
export type ChannelName = 'sms' | 'voice' | 'email' | 'wechat';

/** Wall-clock times of the site, `HH:MM`; `from` later than `to` spans midnight. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/** How a person wants to be reached, and what there is to consider. */
export interface PersonProfile {
  readonly channels: readonly ChannelName[];
  readonly quiet: QuietHours | null;
  /** Old, ill, alone: told first. */
  readonly vulnerable: boolean;
  /** Lives with a device that must not stop: told first, and the outage is urgent. */
  readonly medicalDevice: boolean;
  readonly email?: string;
}

export const PLAIN_PROFILE: PersonProfile = {
  channels: ['sms'],
  quiet: null,
  vulnerable: false,
  medicalDevice: false,
};

export function isDependent({ vulnerable, medicalDevice }: PersonProfile): boolean {
  return vulnerable || medicalDevice;
}
