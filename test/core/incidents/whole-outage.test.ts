import { describe, expect, it } from 'vitest';
import { compound } from '../../support/compound.ts';
import { fieldEvents } from '../../support/field.ts';
import { clock, replayed } from '../../support/replayed.ts';

describe('a riser breaker trips and comes back', () => {
  const site = compound();
  const events = fieldEvents(site, {
    start: clock('09:50:00'),
    until: clock('10:45:00'),
    cuts: [{ node: 'R1', from: clock('10:00:00'), to: clock('10:30:00') }],
    gaspSpread_ms: 8000,
  });
  const result = replayed(site, events);
  const [incident] = result.incidents;

  it('is one incident at that breaker with exactly its units', () => {
    expect(
      result.incidents.map(({ kind, root, rootSide, state }) => ({ kind, root, rootSide, state })),
    ).toEqual([{ kind: 'outage', root: 'R1', rootSide: 'out', state: 'restored' }]);
    const below = site.nodes.filter(({ id }) => id.startsWith('u-F')).map(({ id }) => id);
    expect(incident?.affected.map(({ node }) => node).sort()).toEqual(below.sort());
  });

  it('is known within twenty seconds and closed after a minute of proof', () => {
    expect(Date.parse(incident?.detectedAt ?? '') - clock('10:00:00')).toBeLessThanOrEqual(20_000);
    expect(Date.parse(incident?.closedAt ?? '') - clock('10:30:00')).toBeLessThanOrEqual(90_000);
  });

  it('leaves every unit one interruption within two seconds of the truth', () => {
    expect(result.interruptions).toHaveLength(40);
    for (const { from, to } of result.interruptions) {
      expect(Math.abs(Date.parse(from) - clock('10:00:00'))).toBeLessThanOrEqual(2000);
      expect(Math.abs(Date.parse(to ?? '') - clock('10:30:00'))).toBeLessThanOrEqual(2000);
    }
  });

  it('owes every owner one lost and one restored', () => {
    const owners = result.notices.filter(({ audience }) => audience === 'owner');
    expect(owners.filter(({ stage }) => stage === 'lost')).toHaveLength(40);
    expect(owners.filter(({ stage }) => stage === 'restored')).toHaveLength(40);
  });
});
