import type { Kind, Type } from './kinds.ts';
import type { InputGroup, SchemeFile } from './scheme.ts';
import type { Evaluate, Scope } from './scope.ts';

export type UsedGroup = InputGroup | 'parameters' | 'definitions' | 'series' | 'tables';

/** An expression whose words have been understood. */
export interface Compiled {
  readonly type: Type;
  readonly run: Evaluate;
  /** For an input that may be absent: whether it is there. */
  readonly given?: (scope: Scope) => boolean;
}

/** What an expression can refer to where it stands. */
export interface Place {
  /** One interruption whose facts may be asked for. */
  readonly interruption: boolean;
  /** An entry of this list. */
  readonly entry: string | null;
}

/** What an operator needs while its scheme is read. Faults are collected, so that a reader sees all of them. */
export interface Compiler {
  readonly file: SchemeFile;
  readonly place: Place;
  /** Steps written before this place. */
  readonly steps: ReadonlyMap<string, Type>;
  /** Ids of the rules of this version that stand before this one. */
  readonly earlierRules: ReadonlySet<string>;
  /** This one and those after it. */
  readonly laterRules: readonly string[];
  expression(json: unknown, path: string): Compiled;
  /** As above, and of this kind and unit. */
  typed(json: unknown, path: string, wanted: Type): Compiled;
  /** A reader for another place, sharing everything else. */
  in(place: Partial<Place>): Compiler;
  fault(path: string, code: string, message: string): Compiled;
  /** Notes that this rule builds on what another one owes. */
  buildsOn(rule: string): void;
  /** Notes that this rule must know what another one pays for. */
  follows(rule: string): void;
  uses(group: UsedGroup, name: string): void;
  /** Reads a definition, unless it is being read already. */
  named(name: string, read: () => Compiled): Compiled;
}

/** Turns the argument of `{"<operator>": argument}` into an evaluation. Adding a primitive to the language is adding one of these. */
export type Operator = (argument: unknown, path: string, compiler: Compiler) => Compiled;

export type Operators = Readonly<Record<string, Operator>>;

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  number: 'a number',
  text: 'a text',
  flag: 'a flag',
  instant: 'an instant',
  date: 'a date',
  unknown: 'a value',
};
