import type { AttributionLine } from '../interruptions/attribution.ts';

/** Who answers for interruptions, as people said. Lines are only ever added; the ledger shows each as a correction. */
export interface AttributionStore {
  /** With one event row, in one transaction. The store names the line. */
  add(site: string, line: Omit<AttributionLine, 'id'>): Promise<AttributionLine>;
  /** Oldest first. */
  ofIncidents(site: string, incidents: readonly string[]): Promise<readonly AttributionLine[]>;
}
