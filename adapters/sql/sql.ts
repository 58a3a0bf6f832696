/** All that crosses to a database: integers (epoch ms, minor units, 0/1) and reals, text, null. */
export type SqlValue = string | number | null;

/** How many rows the step must return or change; anything else rolls the whole run back. */
export interface Expectation {
  readonly name: string;
  readonly affected: number;
}

/** One statement of a run. `Row` is what its rows look like. */
export interface Step<Row = unknown> {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  readonly expect?: Expectation;
  /** Never set: it carries the type only. */
  readonly row?: Row;
}

export interface StepResult<Row = unknown> {
  readonly rows: readonly Row[];
  /** Rows returned, or changed where the statement returns none. */
  readonly affected: number;
}

export type ResultsOf<Steps extends readonly Step[]> = {
  readonly [I in keyof Steps]: Steps[I] extends Step<infer Row> ? StepResult<Row> : never;
};

/** One relational database. Rejects with UnmetStep, ConstraintViolated or StoreUnavailable; anything else is our mistake. */
export interface Sql {
  /** Runs the steps in order as one transaction, all or nothing; durable once it resolves. */
  run<const Steps extends readonly Step[]>(steps: Steps): Promise<ResultsOf<Steps>>;
}

/** A step did not affect as many rows as it had to; nothing of its run was kept. */
export class UnmetStep extends Error {
  readonly step: string;
  readonly affected: number;
  constructor(step: string, affected: number) {
    super(`Step ${step} affected ${affected} rows`);
    this.name = 'UnmetStep';
    this.step = step;
    this.affected = affected;
  }
}

/** A key or check of the schema refused a row; nothing of the run was kept. */
export class ConstraintViolated extends Error {
  readonly kind: 'unique' | 'other';
  constructor(kind: 'unique' | 'other', options: { cause: unknown }) {
    super(kind === 'unique' ? 'A unique key is taken' : 'A constraint of the schema refused a row', options);
    this.name = 'ConstraintViolated';
    this.kind = kind;
  }
}
