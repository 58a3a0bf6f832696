import {
  type CostSheet,
  createCostSheet,
  differencesOf,
  type PremisesCost,
} from '../core/compensation/back-test.ts';
import type { CaseInterruption } from '../core/compensation/case.ts';
import { toldFacts } from '../core/compensation/case-facts.ts';
import { caseOf, schemeInForce } from '../core/compensation/case-of.ts';
import type { Scheme } from '../core/compensation/compiled.ts';
import { assessFurther, lookBackOf } from '../core/compensation/further.ts';
import type { BackTestAsked, BackTestNews, BackTests } from '../core/ports/back-tests.ts';
import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { StoredSite } from '../core/ports/site-store.ts';
import type { Premises } from '../core/topology/site.ts';
import { localDate, localMonth, startOfDay } from '../core/units/calendar.ts';
import type { SettlementDeps } from './deps.ts';
import { createLedgerByIncident, earlierThan, type IncidentParts } from './earlier-parts.ts';
import { createKnownFacts, type KnownFacts } from './told-facts.ts';

const AT_ONCE = 2;
const SITES_REMEMBERED = 20;
/** Premises whose ledger is in memory at a time. */
const BATCH = 200;
/** A year's windows and periods look no further back, and a month of grace. */
const LONGEST_LOOK_BACK_MS = 400 * 86_400_000;
/** Work between two breaths of the process: live traffic goes first. */
const SLICE_MS = 20;

type BackTestDeps = Pick<
  SettlementDeps,
  'incidents' | 'facts' | 'people' | 'sites' | 'schemes' | 'clock' | 'log'
>;

interface Running {
  readonly asked: BackTestAsked;
  readonly id: string;
  readonly tried: CostSheet;
  readonly current: CostSheet;
  state: BackTestNews['state'];
  progress: number;
  differences: readonly PremisesCost[] | null;
  work: Promise<void>;
}

interface Candidate {
  readonly id: string;
  readonly scheme: Scheme;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export function createBackTests(deps: BackTestDeps): BackTests & Lifecycle {
  const newest = new Map<string, Running>();
  const knownFacts = createKnownFacts(deps);
  const ledgerByIncident = createLedgerByIncident(deps.incidents);
  let ordinal = 0;
  let stopping = false;

  async function run(one: Running, stored: StoredSite): Promise<void> {
    const { asked } = one;
    const { site } = stored;
    const { timeZone } = site.site;
    const since = startOfDay(asked.from, timeZone);
    const breathe = createBreath();
    for (let at = 0; at < site.premises.length; at += BATCH) {
      const some = site.premises.slice(at, at + BATCH);
      const ids = some.map(({ id }) => id);
      const ledger = await ledgerByIncident(site, ids, since - LONGEST_LOOK_BACK_MS);
      const told = await knownFacts(stored, ids, null);
      for (const premises of some) {
        for (const { incident, parts } of ledger.get(premises.id) ?? []) {
          const date = localDate(beginOf(parts), timeZone);
          if (one.state !== 'running') return;
          if (date < asked.from || date > asked.to) continue;
          assessBoth(one, stored, premises, incident, ledger.get(premises.id) ?? [], told);
          await breathe();
        }
      }
      one.progress = Math.min(1, (at + BATCH) / site.premises.length);
    }
    one.differences = differencesOf(one.tried, one.current);
    one.progress = 1;
    one.state = 'done';
  }

  function assessBoth(
    { asked, tried, current }: Running,
    { site }: StoredSite,
    premises: Premises,
    incident: string,
    ledger: readonly IncidentParts[],
    told: KnownFacts,
  ): void {
    const own = ledger.find((one) => one.incident === incident)?.parts ?? [];
    const began = beginOf(own);
    const { timeZone } = site.site;
    const put = (sheet: CostSheet, { id, scheme, parameters }: Candidate): void => {
      const on = localDate(began, timeZone);
      const facts = toldFacts(scheme.file, told.standing, told.about(premises.id), on);
      const choice = { id, from: on, parameters };
      const given = caseOf(premises, own, choice, timeZone, deps.clock.now(), facts);
      const building = premises.building ?? '';
      const earlier = earlierThan(incident, ledger, lookBackOf(scheme));
      const result = assessFurther(scheme, given, earlier);
      sheet.add({ premises: premises.id, building, month: localMonth(began, timeZone), result });
    };
    put(tried, { id: asked.name, scheme: asked.scheme, parameters: asked.parameters });
    const choice = schemeInForce(site.site, began);
    const scheme = choice === null ? undefined : deps.schemes.get(choice.id);
    if (choice !== null && scheme !== undefined)
      put(current, { id: choice.id, scheme, parameters: choice.parameters });
  }

  function remembered(site: string, id: string): Running | null {
    const known = newest.get(site);
    return known?.id === id ? known : null;
  }

  return {
    begin(asked) {
      const stored = deps.sites.get(asked.site);
      if (stored === undefined) return { outcome: 'unknown_site' };
      const active = [...newest.values()].filter(({ state }) => state === 'running');
      if (stopping || active.length >= AT_ONCE || active.some((one) => one.asked.site === asked.site))
        return { outcome: 'busy' };
      const id = `b${deps.clock.now().toString(36)}-${++ordinal}`;
      const one: Running = {
        asked,
        id,
        tried: createCostSheet(),
        current: createCostSheet(),
        state: 'running',
        progress: 0,
        differences: null,
        work: Promise.resolve(),
      };
      newest.delete(asked.site);
      newest.set(asked.site, one);
      for (const [site, { state }] of newest) {
        if (newest.size <= SITES_REMEMBERED) break;
        if (state !== 'running') newest.delete(site);
      }
      one.work = run(one, stored).catch((error: unknown) => {
        one.state = 'failed';
        deps.log.warn('a back-test did not come to its end', { site: asked.site, error: String(error) });
      });
      return { outcome: 'begun', id };
    },
    news(site, id) {
      const known = remembered(site, id);
      if (known === null) return null;
      const { asked, state, progress, tried, current } = known;
      const { name, parameters, from, to } = asked;
      const costs = { tried: tried.cost(), current: current.cost() };
      return { id, state, name, parameters, from, to, progress, ...costs };
    },
    differences: (site, id) => remembered(site, id)?.differences ?? null,
    cancel(site, id) {
      const known = remembered(site, id);
      if (known?.state !== 'running') return false;
      known.state = 'cancelled';
      return true;
    },
    start: () => Promise.resolve(),
    async stop() {
      stopping = true;
      for (const one of newest.values()) if (one.state === 'running') one.state = 'cancelled';
      await Promise.all([...newest.values()].map(({ work }) => work));
    },
  };
}

function beginOf(parts: readonly CaseInterruption[]): number {
  return Math.min(...parts.map(({ from }) => from));
}

function createBreath(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < SLICE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    began = performance.now();
  };
}
