import type Fraction from 'fraction.js';
import type { RoundingMode } from '../units/rounding.ts';
import type { RuleFile, SchemeFile } from './scheme.ts';
import type { Evaluate } from './scope.ts';

/** A scheme ready to assess by. */
export interface Scheme {
  readonly file: SchemeFile;
  readonly versions: readonly SchemeVersion[];
}

export interface SchemeVersion {
  readonly from: string;
  readonly to: string | null;
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly id: string;
  readonly payer: string;
  readonly path: string;
  readonly exclude: readonly { readonly test: Evaluate; readonly reason: string }[];
  readonly free_h: Evaluate;
  readonly free: Evaluate;
  readonly per: RuleFile['per'];
  readonly steps: readonly { readonly name: string; readonly is: Evaluate }[];
  readonly amount: Evaluate;
  readonly round: { readonly mode: RoundingMode; readonly unit: Fraction; readonly at: 'part' | 'rule' };
  readonly dueDays: Evaluate | null;
  readonly payee: Evaluate;
}
