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

/** What erasing a person takes away, and what stays: ids, counts and hashes. */
export interface Erasure {
  /** Already gone. */
  readonly erased: boolean;
  readonly premises: readonly { readonly premises: string; readonly role: 'owner' | 'occupant' }[];
  readonly profile: boolean;
  readonly optOuts: number;
  /** The number is remembered as a keyed hash, so that whoever has it next is not texted unasked. */
  readonly optedOut: boolean;
  /** Leaves the list of staff too. */
  readonly staff: boolean;
  /** Messages that stay on the record, without their words. */
  readonly deliveries: number;
  /** Of these, messages that now are never sent. */
  readonly unsent: number;
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
  /** What {@link PeopleStore.erase} would take; null for nobody. */
  erasure(site: string, id: string): Promise<Erasure | null>;
  /**
   * Takes name, telephone, profile, premises, bank account, words of opting out and texts of messages from and to them, all or
   * nothing; the site gets a new
   * version. Ids, hashes and every chain stay as they are. Gives what went; null for nobody. Rejects with StoreConflict
   * `version_conflict` when the person was changed meanwhile.
   */
  erase(site: string, id: string, at: Instant): Promise<Erasure | null>;
}
