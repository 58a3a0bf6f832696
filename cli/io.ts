/** Where a command writes; a parameter, so that tests can read it. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** Resolves with the exit code. */
export type Run = (argv: string[], io: Io) => Promise<number>;
