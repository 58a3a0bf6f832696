import type { Instant } from '../core/units/time.ts';

interface Told {
  readonly at: Instant;
  readonly incident: string;
  readonly recipient: string;
}

/** Who was alarmed about what within a span of time; counted as it comes and goes, because each message asks. */
export interface ToldLately {
  add(told: Told): void;
  forgetBefore(at: Instant): void;
  /** Different incidents, this one among them. */
  incidentsWith(incident: string): number;
  /** Different people, this one among them. */
  recipientsWith(recipient: string): number;
}

export function createToldLately(): ToldLately {
  const told: Told[] = [];
  const incidents = new Map<string, number>();
  const recipients = new Map<string, number>();

  function count(counts: Map<string, number>, key: string, by: 1 | -1): void {
    const left = (counts.get(key) ?? 0) + by;
    if (left === 0) counts.delete(key);
    else counts.set(key, left);
  }

  function countBoth({ incident, recipient }: Told, by: 1 | -1): void {
    count(incidents, incident, by);
    count(recipients, recipient, by);
  }

  return {
    add(one) {
      told.push(one);
      countBoth(one, 1);
    },
    forgetBefore(at) {
      for (let oldest = told[0]; oldest !== undefined && oldest.at < at; oldest = told[0]) {
        countBoth(oldest, -1);
        told.shift();
      }
    },
    incidentsWith: (incident) => incidents.size + (incidents.has(incident) ? 0 : 1),
    recipientsWith: (recipient) => recipients.size + (recipients.has(recipient) ? 0 : 1),
  };
}
