import { runSimulator } from '../simulators/main.ts';
import type { Io } from './io.ts';
import { untilSignal } from './until-signal.ts';

/** `relight simulate`: the world the platform watches, as a process of its own. */
export function runSimulate(argv: string[], io: Io): Promise<number> {
  return runSimulator(argv, io, untilSignal());
}
