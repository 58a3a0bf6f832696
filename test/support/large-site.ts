const BOARDS = 10;
const RISERS_PER_BOARD = 5;
const SECTIONS_PER_RISER = 4;
const UNITS_PER_SECTION = 25;
const FLOORS_PER_SECTION = 5;

interface Meter {
  readonly id: string;
  readonly profile: string;
  readonly node: string;
  readonly phases: string | undefined;
  readonly via: string;
  readonly interval_s: number;
}

/** A site file of 5,000 metered units behind 200 breakers, 50 risers and 10 boards; every two risers are a house, one gateway speaks for all. */
export function largeSite(id: string, interval_s = 60) {
  const nodes: object[] = [{ id: 'U', kind: 'feed', name: '10 kV 进线' }];
  const devices: Meter[] = [];
  const premises: object[] = [];
  const sections: string[] = [];
  let riserNumber = 0;
  for (let b = 1; b <= BOARDS; b += 1) {
    nodes.push({ id: `T${b}`, kind: 'transformer', name: `${b}# 变压器`, fedBy: 'U' });
    nodes.push({ id: `M${b}`, kind: 'board', name: `低压 ${b} 段`, fedBy: `T${b}` });
    devices.push({ id: `a-M${b}`, profile: 'native', node: `M${b}`, phases: 'ABC', via: 'GW', interval_s });
    for (let r = 1; r <= RISERS_PER_BOARD; r += 1) {
      riserNumber += 1;
      const house = String(Math.ceil(riserNumber / 2));
      const half = riserNumber % 2 === 1 ? 'A' : 'B';
      const riser = `R-${house}${half}`;
      nodes.push({
        id: riser,
        kind: 'breaker',
        name: `${house} 栋 ${half} 单元干线`,
        fedBy: `M${b}`,
        rating_a: 250,
      });
      for (let s = 1; s <= SECTIONS_PER_RISER; s += 1) {
        const section = `${riser}-${s}`;
        sections.push(section);
        nodes.push({ id: section, kind: 'breaker', name: `${house} 栋 ${half} 单元 ${s} 区`, fedBy: riser });
        for (let u = 0; u < UNITS_PER_SECTION; u += 1) {
          const floor = (s - 1) * FLOORS_PER_SECTION + 1 + (u % FLOORS_PER_SECTION);
          const unit = `${house}${half}-${String(floor).padStart(2, '0')}0${Math.floor(u / FLOORS_PER_SECTION) + 1}`;
          nodes.push({ id: `u-${unit}`, kind: 'unit', fedBy: section, phases: 'ABC'[u % 3], premises: unit });
          devices.push({
            id: `m-${unit}`,
            profile: 'native',
            node: `u-${unit}`,
            phases: 'ABC'[u % 3],
            via: 'GW',
            interval_s,
          });
          premises.push({ id: unit, building: house, floor, area_m2: '90.0', class: 'residential' });
        }
      }
    }
  }
  const site = {
    id,
    name: '大型小区',
    timeZone: 'Asia/Shanghai',
    currency: 'CNY',
    nominal_v: 220,
    simulated: true,
  };
  const gateways = [{ id: 'GW' }];
  return { file: { site, nodes, devices, premises, ties: [], transfers: [], gateways }, sections };
}
