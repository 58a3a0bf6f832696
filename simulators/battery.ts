import type { Instant } from '../core/units/time.ts';
import type { Plant } from './plant.ts';

/** How long a full battery carries its load. */
const FULL_MS = 30 * 60_000;
/** Charging takes this many times as long as it lasted. */
const CHARGING = 4;

interface Battery {
  readonly node: number;
  left_ms: number;
  since: Instant;
  onBattery: boolean;
  cancel: (() => void) | null;
}

/** The batteries of every UPS: they carry what is below while the input is dead, until they are empty. */
export function createBatteries({ site, timeline, state, live, change }: Plant) {
  const batteries: Battery[] = site.nodes.flatMap(({ kind }, node) =>
    kind === 'ups' ? [{ node, left_ms: FULL_MS, since: timeline.now(), onBattery: false, cancel: null }] : [],
  );

  function leftOf(battery: Battery): number {
    const passed = timeline.now() - battery.since;
    const left = battery.onBattery ? battery.left_ms - passed : battery.left_ms + passed / CHARGING;
    return Math.min(FULL_MS, Math.max(0, left));
  }

  function turn(battery: Battery, onBattery: boolean): void {
    battery.left_ms = leftOf(battery);
    battery.since = timeline.now();
    battery.onBattery = onBattery;
    battery.cancel?.();
    battery.cancel = null;
    if (onBattery) {
      battery.cancel = timeline.at(timeline.now() + battery.left_ms, () =>
        change(() => state.failed.add(battery.node)),
      );
    } else if (state.failed.has(battery.node)) {
      change(() => state.failed.delete(battery.node));
    }
  }

  return {
    look(): void {
      for (const battery of batteries) {
        const onBattery = live().incoming[battery.node] === 0;
        if (onBattery !== battery.onBattery) turn(battery, onBattery);
      }
    },
    charge(node: number): number {
      const battery = batteries.find((one) => one.node === node);
      return battery === undefined ? 0 : leftOf(battery) / FULL_MS;
    },
  };
}
