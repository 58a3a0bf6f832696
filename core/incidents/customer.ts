import { idOf, phasesOf } from '../topology/network.ts';
import { makeRecord, publishRecord } from './make-record.ts';
import { note } from './record.ts';
import type { World } from './world.ts';

/** A unit whose own relay stands open is without power by its owner's or the operator's doing: staff hear of it, nobody is owed. */
export function judgeRelays(world: World): void {
  const { state } = world;
  const { network } = world.current();
  for (const [device, since] of state.relays) {
    const unit = world.sensors[device]?.node ?? -1;
    if (
      unit < 0 ||
      state.incidents.some((one) => one.kind === 'customer' && one.state === 'open' && one.root === unit)
    )
      continue;
    const id = idOf(network, unit);
    const record = makeRecord(
      world,
      'customer',
      { root: unit, rootId: id, rootSide: 'out', candidates: [id], phases: phasesOf(network, unit) },
      since,
      since,
    );
    record.margin = 4_000;
    publishRecord(world, record, 'opened', 'its own relay is open');
  }
  for (const record of state.incidents) {
    if (record.kind !== 'customer' || record.state !== 'open') continue;
    const still = [...state.relays.keys()].some((device) => world.sensors[device]?.node === record.root);
    if (still) continue;
    record.state = 'restored';
    record.restoredAt = state.at;
    record.closedAt = state.at;
    note(record, state.at, 'restored', 'its relay is closed again');
  }
}
