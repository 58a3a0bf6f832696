import { createSiteEngine, restoreSiteEngine } from '../../core/incidents/site-engine.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import type { EngineFactory } from '../../ingest/engine-factory.ts';

export function engineFactory(profiles: Profiles): EngineFactory {
  return {
    create: (site, newId) => createSiteEngine(site, profiles, newId),
    restore: (site, snapshot, newId) => restoreSiteEngine(site, profiles, newId, snapshot),
  };
}
