import type { NewId, SiteEngine } from '../core/incidents/engine.ts';
import type { Site } from '../core/topology/site.ts';
import type { Instant } from '../core/units/time.ts';

/** Makes the verdict machine of one site; the seam between ingest and detection. */
export interface EngineFactory {
  /** An engine without a past, its first input no earlier than `at`. */
  create(site: Site, newId: NewId, at: Instant): SiteEngine;
  /**
   * An engine that goes on where the snapshot was taken, of a site whose network and devices are those of then. Throws when
   * the snapshot is none that this program can read.
   */
  restore(site: Site, snapshot: unknown, newId: NewId): SiteEngine;
  /**
   * The same across a change of network or devices: what is known of ids that still exist is kept. Without it such a site
   * begins afresh, and open incidents are carried over from the store.
   */
  carryOver?(before: Site, snapshot: unknown, after: Site, newId: NewId): SiteEngine;
}
