import type { Money } from '../units/money.ts';

/** What was credited to people: asked when a message about it is made. */
export interface CreditSource {
  /**
   * What these premises were credited for an incident by its n-th payment (the revision of the message); null when nothing
   * was, and then nothing is said.
   */
  credited(
    site: string,
    incident: string,
    premises: readonly string[],
    payment: number,
  ): Promise<Money | null>;
}
