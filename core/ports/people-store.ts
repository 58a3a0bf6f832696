import type { PersonProfile } from '../people/profile.ts';
import type { Instant } from '../units/time.ts';

/** An owner or occupant, or anybody a site has a telephone of. */
export interface KnownPerson {
  readonly id: string;
  readonly name: string;
  /** Null for an erased person. */
  readonly phone: string | null;
  readonly language: 'zh-CN' | 'en';
  readonly optedOut: boolean;
  readonly profile: PersonProfile;
  readonly premises: readonly { readonly premises: string; readonly role: 'owner' | 'occupant' }[];
}

/** That somebody wanted no more messages, or wanted them again, and how we know. Never changed, never deleted. */
export interface OptOutEvidence {
  readonly at: Instant;
  readonly optedOut: boolean;
  readonly evidence: string;
}

export interface PeopleStore {
  /** By id. */
  list(
    site: string,
    query: { readonly after?: string; readonly phone?: string; readonly limit: number },
  ): Promise<readonly KnownPerson[]>;
  get(site: string, id: string): Promise<KnownPerson | null>;
  /** Profiles by telephone; telephones nobody has are left out. All or nothing. */
  putProfiles(
    site: string,
    profiles: readonly { readonly phone: string; readonly profile: PersonProfile }[],
  ): Promise<void>;
  /** Oldest first. */
  optOuts(site: string, id: string): Promise<readonly OptOutEvidence[]>;
  /** Premises of people who are vulnerable or live with a medical device. */
  dependentPremises(site: string): Promise<ReadonlySet<string>>;
}
