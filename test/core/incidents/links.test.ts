import { describe, expect, it } from 'vitest';
import { compound } from '../../support/compound.ts';
import { type FieldOptions, fieldEvents } from '../../support/field.ts';
import { clock, type Line, replayed } from '../../support/replayed.ts';

/** Five gateways: two behind GW0, and two of their own. */
const site = compound({
  floors: 4,
  gateways: true,
  change(file) {
    file.gateways = [
      { id: 'GW0', via: null },
      { id: 'GW1', via: 'GW0' },
      { id: 'GW2', via: 'GW0' },
      { id: 'GW3', via: null },
      { id: 'GW4', via: null },
    ];
    for (const device of file.devices) {
      if (/^m-H/.test(String(device.id))) device.via = 'GW3';
      if (/^m-K/.test(String(device.id))) device.via = 'GW4';
    }
  },
});

const from = clock('10:00:00');
const to = clock('10:20:00');

function outOfReach(gateways: readonly string[], wills_s: Readonly<Record<string, number>>) {
  const options: FieldOptions = {
    start: clock('09:50:00'),
    until: clock('10:40:00'),
    links: gateways.map((gateway) => ({ gateway, from, to })),
  };
  const wills: Line[] = Object.entries(wills_s).map(([gateway, after_s]) => ({
    at: from + 1000 * after_s,
    topic: `relight/s/${gateway}/status`,
    payload: 'offline',
  }));
  return replayed(site, [...fieldEvents(site, options), ...wills], clock('10:45:00')).incidents;
}

describe('lost links', () => {
  it('are one incident at the gateway that the others report through', () => {
    const incidents = outOfReach(['GW1', 'GW2'], { GW1: 45, GW2: 46, GW0: 47 });
    expect(incidents).toMatchObject([{ kind: 'communication', root: 'GW0', state: 'restored' }]);
    expect(incidents[0]?.explanation.en).toContain('16 of 16 devices');
  });

  it('become one incident of the site when most of it is out of reach, whoever was missed first', () => {
    const incidents = outOfReach(['GW1', 'GW2', 'GW3', 'GW4'], { GW1: 45, GW0: 75, GW3: 76, GW4: 110 });
    expect(incidents.filter(({ state }) => state !== 'merged')).toMatchObject([
      { kind: 'communication', root: 'site', state: 'restored' },
    ]);
    expect(incidents[0]?.timeline.map(({ event }) => event)).toContain('moved');
  });

  it('of two gateways beside each other stay two incidents', () => {
    const incidents = outOfReach(['GW1', 'GW4'], { GW1: 45, GW4: 45 });
    expect(incidents.map(({ root, state }) => `${root} ${state}`).sort()).toEqual([
      'GW1 restored',
      'GW4 restored',
    ]);
  });
});
