import { createSiteEngine, restoreSiteEngine } from '../core/incidents/site-engine.ts';
import type { Profiles } from '../core/readings/profile.ts';
import type { EngineFactory } from './engine-factory.ts';

/** The verdict engine of the house as ingest uses it. */
export function createSiteEngines(profiles: Profiles): EngineFactory {
  return {
    create: (site, newId) => createSiteEngine(site, profiles, newId),
    restore: (site, snapshot, newId) => restoreSiteEngine(site, profiles, newId, snapshot),
  };
}
