/** A site file of many single-phase units, built the way compounds are: boards, risers of 100 units, floors of 10. */
export function fleetSite(units: number): {
  readonly id: string;
  readonly file: unknown;
  readonly devices: readonly string[];
} {
  const nodes: object[] = [{ id: 'U', kind: 'feed' }];
  const devices: object[] = [];
  const names: string[] = [];
  for (let unit = 0; unit < units; unit += 1) {
    const board = `B${Math.floor(unit / 1000)}`;
    const riser = `R${Math.floor(unit / 100)}`;
    const floor = `F${Math.floor(unit / 10)}`;
    if (unit % 1000 === 0) {
      nodes.push(
        { id: `T-${board}`, kind: 'transformer', fedBy: 'U' },
        { id: board, kind: 'board', fedBy: `T-${board}` },
      );
    }
    if (unit % 100 === 0) nodes.push({ id: riser, kind: 'breaker', fedBy: board });
    if (unit % 10 === 0) nodes.push({ id: floor, kind: 'breaker', fedBy: riser });
    nodes.push({ id: `u${unit}`, kind: 'unit', fedBy: floor, phases: 'ABC'[unit % 3] });
    devices.push({
      id: `m${unit}`,
      profile: 'native',
      node: `u${unit}`,
      phases: 'ABC'[unit % 3],
      interval_s: 60,
    });
    names.push(`m${unit}`);
  }
  const file = {
    site: {
      id: 'bench',
      name: 'Bench',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      nominal_v: 230,
      simulated: true,
    },
    nodes,
    devices,
  };
  return { id: 'bench', file, devices: names };
}
