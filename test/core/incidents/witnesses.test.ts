import { describe, expect, it } from 'vitest';
import { compound } from '../../support/compound.ts';
import { type FieldOptions, fieldEvents, type Habits } from '../../support/field.ts';
import { clock, replayed } from '../../support/replayed.ts';

const START = clock('09:50:00');
const UNTIL = clock('10:40:00');
const habits = (gasps: boolean, returnDelay_ms: number): Habits => ({
  gasps,
  uptime: true,
  countsFailures: false,
  tellsReturn: true,
  returnDelay_ms,
});

describe('a loss inside one that came later and ended earlier', () => {
  it('keeps its units, whoever of them speaks first when supply is back', () => {
    const site = compound({ floors: 3 });
    const quiet = new Set(['m-F1-3', 'm-F1-4']);
    const options: FieldOptions = {
      start: START,
      until: UNTIL,
      gasp: 1,
      cuts: [
        { node: 'F1', from: clock('10:00:00'), to: clock('10:14:00') },
        { node: 'R1', from: clock('10:04:30'), to: clock('10:09:00') },
      ],
      habits: ({ id }) => (quiet.has(id) ? habits(false, 200) : habits(true, 1_500)),
    };
    const { incidents } = replayed(site, fieldEvents(site, options), UNTIL);
    const losses = incidents.filter(({ kind, state }) => kind !== 'communication' && state === 'restored');
    expect(losses.map(({ root, affected }) => `${root} ${affected.length}`).sort()).toEqual(['F1 4', 'R1 8']);
  });
});

/** A feeder with a lift on all phases and lights on A, reached through a gateway that hangs on it. */
const feeder = compound({
  floors: 2,
  change(file) {
    file.nodes.push(
      { id: 'E1', kind: 'breaker', fedBy: 'EMDB' },
      { id: 'lift-E1', kind: 'unit', fedBy: 'E1' },
      { id: 'light-E1', kind: 'unit', fedBy: 'E1', phases: 'A' },
    );
    file.gateways.push({ id: 'GW-E1', poweredBy: 'E1', via: null });
    for (const id of ['lift-E1', 'light-E1'])
      file.devices.push({ id: `m-${id}`, profile: 'native', node: id, via: 'GW-E1', interval_s: 60 });
  },
});

function feederLoses(phases: string) {
  const options: FieldOptions = {
    start: START,
    until: UNTIL,
    gasp: 0,
    standby_ms: 8_000,
    cuts: [{ node: 'E1', from: clock('10:00:00'), to: clock('10:05:00'), phases }],
    habits: () => habits(false, 1_000),
  };
  const { incidents } = replayed(feeder, fieldEvents(feeder, options), UNTIL);
  return incidents.filter(({ kind, state }) => kind !== 'communication' && state !== 'retracted');
}

describe('a lost phase that took the gateway of its feeder along', () => {
  it('is found at the feeder: the lift that ran on says nothing of that phase, the gateway came back with the lights', () => {
    expect(feederLoses('A')).toMatchObject([{ kind: 'partial', root: 'E1', phases: 'A' }]);
  });
});

describe('two overlapping losses, one of them told by nobody', () => {
  it('leave who came back before the reporter of the first with that reporter', () => {
    const options: FieldOptions = {
      start: START,
      until: UNTIL,
      gasp: 1,
      cuts: [
        { node: 'F1', from: clock('10:00:10'), to: clock('10:10:00') },
        { node: 'u-F2-1', from: clock('10:02:00'), to: clock('10:09:52') },
      ],
      habits: ({ id }) =>
        id === 'm-F1-1' ? habits(true, 25_000) : { ...habits(false, 500), tellsReturn: false },
    };
    const site = compound({ floors: 3 });
    const { incidents } = replayed(site, fieldEvents(site, options), UNTIL);
    const losses = incidents.filter(({ kind, state }) => kind !== 'communication' && state === 'restored');
    expect(losses.map(({ affected }) => affected.length).sort()).toEqual([1, 4]);
  });
});
