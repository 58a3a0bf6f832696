import { toIso } from '../units/time.ts';
import { recordOf } from './amend.ts';
import type { GiveOutlook } from './engine.ts';
import { note } from './record.ts';
import type { World } from './world.ts';

/** Keeps what a person says about reason and end of an open incident; saying the same again changes nothing. */
export function giveOutlook(world: World, command: GiveOutlook): void {
  const record = recordOf(world, command);
  if (record === undefined || record.state !== 'open') return;
  const now = record.outlook ?? { cause: null, eta: null };
  const cause = command.cause === undefined ? now.cause : command.cause;
  const eta = command.eta === undefined ? now.eta : command.eta;
  if (cause === now.cause && eta === now.eta) return;
  record.outlook = { cause, eta };
  const by = command.by === undefined ? '' : ` by ${command.by}`;
  note(
    record,
    world.state.at,
    'outlook',
    `cause ${cause ?? '-'}, back ${eta === null ? '-' : toIso(eta)}${by}`,
  );
}
