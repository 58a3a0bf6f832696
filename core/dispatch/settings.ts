import type { NodeKind } from '../topology/site.ts';
import type { ClockName } from './clock-name.ts';

/** urgent: danger, people who may be trapped or depend on supply, or many units; ordinary: the rest. */
export type Severity = 'urgent' | 'ordinary';

/** Who is told: the engineer who accepted (or is asked), the duty desk, the n-th on call, or one person by id. */
export type ChainTarget = 'engineer' | 'desk' | `on_call:${number}` | `person:${string}`;

export interface ChainLink {
  readonly to: ChainTarget;
  /** Minutes of the clock beyond its limit. */
  readonly after_min: number;
}

export interface DispatchRules {
  readonly limits_min: Readonly<Record<ClockName, number>>;
  /** Share of the limit at which the warning goes out, percent. */
  readonly warn_percent: number;
  /** An offer unanswered for this long lapses, and the next engineer is asked. */
  readonly offer_min: number;
  /** Told one after another once a limit is missed, the first at the limit itself. */
  readonly chain: readonly ChainLink[];
}

export interface DispatchSettings {
  /** Ask the suggested engineer without waiting for the desk. */
  readonly autoOffer: boolean;
  /** Telephone of the duty desk, E.164; null: it has only its screen. */
  readonly deskPhone: string | null;
  /** Nodes whose loss is urgent however few units it touches: lifts, pumps, emergency lighting. */
  readonly urgentNodes: readonly string[];
  /** From this many affected units on an incident is urgent. */
  readonly urgentUnits: number;
  /** Skills an engineer needs, by kind of the failed node. */
  readonly skills: Readonly<Partial<Record<NodeKind, readonly string[]>>>;
  readonly rules: Readonly<Record<Severity, DispatchRules>>;
}

/** What the mission asks for: sent within 15 min, there within 30, informed within 2 h, looked after within 24 h. */
const MISSION: DispatchRules = {
  limits_min: { dispatch: 15, on_site: 30, informed: 120, return_visit: 1_440 },
  warn_percent: 80,
  offer_min: 5,
  chain: [
    { to: 'desk', after_min: 0 },
    { to: 'on_call:1', after_min: 5 },
    { to: 'on_call:2', after_min: 15 },
  ],
};

export const DISPATCH_DEFAULTS: DispatchSettings = {
  autoOffer: true,
  deskPhone: null,
  urgentNodes: [],
  urgentUnits: 20,
  skills: {},
  rules: { urgent: MISSION, ordinary: MISSION },
};
