import { describe, expect, it } from 'vitest';
import type { Command } from '../../../core/incidents/engine.ts';
import { compound } from '../../support/compound.ts';
import { fieldEvents } from '../../support/field.ts';
import { clock, type Line, replayed } from '../../support/replayed.ts';

const site = compound({ floors: 3 });
const said = (
  at: string,
  command: Omit<Extract<Command, { type: 'outlook' }>, 'type' | 'incident'>,
): Line => ({
  at: clock(at),
  command: { type: 'outlook', incident: 'i1', ...command },
});

function told(commands: readonly Line[]) {
  const lines = fieldEvents(site, {
    start: clock('09:50:00'),
    until: clock('11:10:00'),
    cuts: [{ node: 'F2', from: clock('10:00:00'), to: clock('11:00:00') }],
    gasp: 0.8,
  });
  const all = [...lines, ...commands].sort((a, b) => a.at - b.at);
  return replayed(site, all, clock('11:20:00'));
}

const owners = (notices: ReturnType<typeof told>['notices'], stage: string) =>
  notices.filter((one) => one.audience === 'owner' && one.stage === stage);

describe('reason and expected end', () => {
  it('are told once to everybody who read otherwise, and stand in the incident', () => {
    const { notices, incidents } = told([said('10:10:00', { cause: 'cable', eta: clock('10:50:00') })]);
    const lost = owners(notices, 'lost');
    const changed = owners(notices, 'changed');
    expect(lost.length).toBeGreaterThan(0);
    expect(changed).toHaveLength(lost.length);
    expect(new Set(changed.map(({ at }) => at.slice(11, 16)))).toEqual(new Set(['10:11']));
    expect(incidents[0]).toMatchObject({ cause: 'cable', eta: '2026-03-01T10:50:00.000Z' });
  });

  it('said several times in a row are told once: the latest wins', () => {
    const { notices } = told([
      said('10:10:00', { eta: clock('10:50:00') }),
      said('10:10:30', { eta: clock('10:40:00') }),
      said('10:11:00', { cause: 'water' }),
    ]);
    expect(owners(notices, 'changed')).toHaveLength(owners(notices, 'lost').length);
  });

  it('moved again soon are told after a quarter of an hour at the earliest', () => {
    const { notices } = told([
      said('10:10:00', { eta: clock('10:40:00') }),
      said('10:14:00', { eta: clock('10:50:00') }),
    ]);
    const times = new Set(owners(notices, 'changed').map(({ at }) => at.slice(11, 16)));
    expect([...times]).toEqual(['10:11', '10:26']);
  });

  it('said and taken back in time are told to nobody', () => {
    const { notices } = told([said('10:10:00', { eta: clock('10:40:00') }), said('10:10:20', { eta: null })]);
    expect(owners(notices, 'changed')).toEqual([]);
  });
});
