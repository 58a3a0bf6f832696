import { describe, expect, it } from 'vitest';
import { compound } from '../../support/compound.ts';
import { fieldEvents } from '../../support/field.ts';
import { clock, type Line, replayed } from '../../support/replayed.ts';

/** Panel F2 of one transformer and K2 of the other can be joined; one flat on F2 has no meter. */
const site = compound({
  floors: 4,
  change(file) {
    file.ties.push({ id: 'T', ends: ['F2', 'K2'], closed: false });
    file.devices = file.devices.filter(({ id }) => id !== 'm-F2-4');
  },
});

function darkPanel(panel: string, before: readonly Line[]) {
  const lines = fieldEvents(site, {
    start: clock('09:50:00'),
    until: clock('10:30:00'),
    cuts: [{ node: panel, from: clock('10:00:00'), to: clock('10:15:00') }],
    gasp: 0.8,
  });
  return replayed(site, [...before, ...lines], clock('10:35:00'));
}

const closing: Line = { at: clock('09:51:00'), command: { type: 'tie', id: 'T', closed: true } };

describe('a tie that makes a loop when closed', () => {
  it('leaves what is on the loop without a single culprit, and counts measured units only', () => {
    const { incidents, interruptions } = darkPanel('F2', [closing]);
    expect(incidents).toHaveLength(1);
    const [incident] = incidents;
    expect(incident?.candidates).toEqual(
      expect.arrayContaining(['TX1', 'MDB-A', 'R1', 'F2', 'TX2', 'MDB-B', 'R3', 'K2']),
    );
    expect(incident?.confidence).toBe(0.5);
    expect(incident?.explanation.en).toContain(
      'Cannot localise below U: a closed tie feeds it from two sides',
    );
    expect(incident?.explanation['zh-CN']).toContain('U 以下环网运行');
    const basis = Object.fromEntries((incident?.affected ?? []).map((unit) => [unit.node, unit.basis]));
    expect(basis).toMatchObject({ 'u-F2-1': 'confirmed', 'u-F2-4': 'unknown' });
    expect(interruptions.map(({ premises }) => premises).sort()).toEqual(['F2-1', 'F2-2', 'F2-3']);
  });

  it('changes nothing for what hangs below the loop or beside it', () => {
    const { incidents } = darkPanel('F3', [closing]);
    expect(incidents).toMatchObject([{ root: 'F3', candidates: ['F3'] }]);
    expect(incidents[0]?.explanation.en).not.toContain('Cannot localise');
  });

  it('is none while it stands open', () => {
    const { incidents } = darkPanel('F2', []);
    expect(incidents).toMatchObject([{ root: 'F2', candidates: ['F2'] }]);
    expect(incidents[0]?.affected.find(({ node }) => node === 'u-F2-4')?.basis).toBe('inferred');
  });
});
