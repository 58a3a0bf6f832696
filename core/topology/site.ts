import type { PhaseText } from '../units/phases.ts';

export type NodeKind =
  | 'feed'
  | 'transformer'
  | 'board'
  | 'breaker'
  | 'ats'
  | 'generator'
  | 'ups'
  | 'junction'
  | 'unit';

/** One place in the electrical network. `fedBy` null is a source. */
export interface NetworkNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly name?: string;
  readonly fedBy: string | null;
  readonly phases: PhaseText;
  /** Phase to neutral, volts; default the site's. */
  readonly nominal_v: number;
  /** Rated current, amperes. */
  readonly rating_a?: number;
  readonly building?: string;
  readonly floor?: number;
  readonly premises?: string;
}

export interface Tie {
  readonly id: string;
  readonly ends: readonly [string, string];
  readonly closed: boolean;
}

export interface Transfer {
  readonly id: string;
  readonly node: string;
  readonly normal: string;
  readonly alternate: string;
}

export interface Gateway {
  readonly id: string;
  /** The node that supplies it; null when not known. */
  readonly poweredBy: string | null;
  /** The gateway it reports through; null is straight to the broker. */
  readonly via: string | null;
}

export interface Device {
  readonly id: string;
  readonly profile: string;
  readonly node: string;
  /** Which side of its node it measures. */
  readonly side: 'in' | 'out';
  readonly phases: PhaseText;
  readonly via: string | null;
  readonly interval_s: number;
  /** `modbus://host:port/unit`, or a topic prefix; null: native topics under the device's id. */
  readonly address: string | null;
  /** The node that supplies the device itself. */
  readonly poweredBy: string;
  /** Something behind it (PV, battery) can hold it lit while the line is dead. */
  readonly backfeed: boolean;
  readonly inService: boolean;
}

export interface Person {
  readonly name: string;
  /** E.164; the same phone is the same person. */
  readonly phone: string;
  readonly language: 'zh-CN' | 'en';
}

export interface Premises {
  readonly id: string;
  readonly building: string | null;
  readonly floor: number | null;
  /** Square metres as a decimal string; null when not known. */
  readonly area_m2: string | null;
  readonly class: string;
  readonly owner: Person | null;
  readonly occupant: Person | null;
}

/** Thresholds and times of detection (DESIGN 4.1); live and replay read the same object. */
export interface DetectionSettings {
  readonly gaspHold_s: number;
  readonly voltageHold_s: number;
  readonly freshIntervals: number;
  readonly silentIntervals: number;
  readonly closeHold_s: number;
  readonly closeShare: number;
  readonly momentary_s: number;
  readonly flapCount: number;
  readonly flapWindow_s: number;
  readonly reopen_s: number;
  readonly plannedGrace_s: number;
  readonly reorder_s: number;
  readonly gaspProbability: number;
  readonly gaspDelay_s: number;
  /** Prior probability of failure per node kind. */
  readonly priors: Readonly<Record<string, number>>;
  /** Log-likelihood ratio per kind of evidence, in nats. */
  readonly weights: Readonly<Record<string, number>>;
}

export interface SchemeChoice {
  readonly id: string;
  /** Local date in the site's zone from which it applies, `YYYY-MM-DD`. */
  readonly from: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface SiteFacts {
  readonly id: string;
  readonly name: string;
  /** The property's telephone, printed in messages to owners. */
  readonly phone?: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly nominal_v: number;
  readonly detection: DetectionSettings;
  readonly schemes: readonly SchemeChoice[];
  /** Fed by a simulator: notices leave through the `log` channel only, and every screen says so. */
  readonly simulated: boolean;
}

/** A whole site with every default filled in: what a valid site file means (DESIGN 4.1). */
export interface Site {
  readonly site: SiteFacts;
  readonly nodes: readonly NetworkNode[];
  readonly ties: readonly Tie[];
  readonly transfers: readonly Transfer[];
  readonly gateways: readonly Gateway[];
  readonly devices: readonly Device[];
  readonly premises: readonly Premises[];
}
