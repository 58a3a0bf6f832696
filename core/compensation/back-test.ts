import { money, parseMoney } from '../units/money.ts';
import type { Assessment } from './case.ts';

/** What one candidate would have cost over a period, in minor units of its currency. */
export interface Cost {
  readonly currency: string | null;
  readonly total_minor: number;
  readonly byRule: Readonly<Record<string, number>>;
  readonly byBuilding: Readonly<Record<string, number>>;
  /** By the local month in which the incident began. */
  readonly byMonth: Readonly<Record<string, number>>;
  readonly premisesPaid: number;
  /** Why no amount could be computed, with how often. */
  readonly refused: Readonly<Record<string, number>>;
  /** Premises times incidents. */
  readonly cases: number;
}

/** One premises under both candidates. */
export interface PremisesCost {
  readonly premises: string;
  readonly tried_minor: number;
  readonly current_minor: number;
}

export interface Assessed {
  readonly premises: string;
  readonly building: string;
  readonly month: string;
  readonly result: Assessment;
}

/** Adds up assessments in any order. */
export interface CostSheet {
  add(one: Assessed): void;
  cost(): Cost;
  ofPremises(premises: string): number;
  premises(): Iterable<string>;
}

export function createCostSheet(): CostSheet {
  const byRule = new Map<string, number>();
  const byBuilding = new Map<string, number>();
  const byMonth = new Map<string, number>();
  const byPremises = new Map<string, number>();
  const refused = new Map<string, number>();
  let currency: string | null = null;
  let cases = 0;

  return {
    add({ premises, building, month, result }) {
      cases += 1;
      currency = result.total.currency;
      for (const { path, code } of result.refused ?? []) count(refused, `${withoutId(path)} ${code}`, 1);
      for (const { rule, amount } of result.entitlements) count(byRule, rule, minorOf(amount, currency));
      const minor = minorOf(result.total.amount, currency);
      count(byPremises, premises, minor);
      count(byBuilding, building, minor);
      count(byMonth, month, minor);
    },
    cost: () => ({
      currency,
      total_minor: [...byPremises.values()].reduce((all, one) => all + one, 0),
      byRule: inOrder(byRule),
      byBuilding: inOrder(byBuilding),
      byMonth: inOrder(byMonth),
      premisesPaid: [...byPremises.values()].filter((minor) => minor > 0).length,
      refused: inOrder(refused),
      cases,
    }),
    ofPremises: (premises) => byPremises.get(premises) ?? 0,
    premises: () => byPremises.keys(),
  };
}

/** Per premises, the largest difference first, equal ones by id. */
export function differencesOf(tried: CostSheet, current: CostSheet): readonly PremisesCost[] {
  return [...new Set([...tried.premises(), ...current.premises()])]
    .map((premises) => ({
      premises,
      tried_minor: tried.ofPremises(premises),
      current_minor: current.ofPremises(premises),
    }))
    .sort((a, b) => distance(b) - distance(a) || (a.premises < b.premises ? -1 : 1));
}

function distance({ tried_minor, current_minor }: PremisesCost): number {
  return Math.abs(tried_minor - current_minor);
}

function minorOf(amount: string, currency: string): number {
  return (parseMoney(amount, currency) ?? money(0, currency)).minor;
}

/** What is missing, not of which interruption. */
function withoutId(path: string): string {
  return path.replace(/^interruptions\/[^/]+/, 'interruptions');
}

function count(of: Map<string, number>, key: string, by: number): void {
  of.set(key, (of.get(key) ?? 0) + by);
}

function inOrder(of: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...of].sort(([a], [b]) => (a < b ? -1 : 1)));
}
