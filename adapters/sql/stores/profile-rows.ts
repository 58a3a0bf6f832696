import { type PersonProfile, PLAIN_PROFILE } from '../../../core/people/profile.ts';
import type { PersonProfileTable } from '../tables.ts';

/** As a left join gives them: all null when nothing was ever said about the person. */
export type ProfileColumns = {
  readonly [K in keyof Omit<PersonProfileTable, 'site' | 'person'>]: PersonProfileTable[K] | null;
};

export function profileOf(row: ProfileColumns): PersonProfile {
  const { channels_json, quiet_from, quiet_to, vulnerable, medical_device, email } = row;
  if (channels_json === null) return PLAIN_PROFILE;
  return {
    channels: JSON.parse(channels_json) as PersonProfile['channels'],
    quiet: quiet_from === null || quiet_to === null ? null : { from: quiet_from, to: quiet_to },
    vulnerable: vulnerable === 1,
    medicalDevice: medical_device === 1,
    ...(email === null ? {} : { email }),
  };
}
