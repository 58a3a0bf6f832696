import type { Fault } from '../units/fault.ts';
import { maskOf } from '../units/phases.ts';
import { buildForest } from './forest.ts';
import { parseModbusAddress } from './modbus-address.ts';
import type { Device } from './site.ts';
import type { Located, SiteDraft } from './site-draft.ts';

/** The second tree, of communication: gateways reach the broker, and devices can be found where they say. */
export function checkLinks(draft: SiteDraft): { faults: Fault[]; warnings: Fault[] } {
  const gateways = draft.gateways;
  const forest = buildForest(
    gateways.map(({ value }) => value.id),
    (i) => gateways[i]?.value.via ?? null,
  );
  const loops = forest.circles.map((circle) => {
    const first = gateways[circle.reduce((lowest, i) => Math.min(lowest, i))];
    return {
      path: `${first?.path}/via`,
      code: 'loop',
      message: `gateway '${first?.value.id}' reports through itself: ${circle.length} gateway(s) in a circle never reach the broker`,
    };
  });
  return {
    faults: [...loops, ...devicePhases(draft), ...draft.devices.flatMap(addressFault)],
    warnings: sharedAddresses(draft.devices),
  };
}

function devicePhases(draft: SiteDraft): Fault[] {
  const phases = new Map(draft.nodes.map(({ value }) => [value.id, value.phases]));
  return draft.devices.flatMap(({ path, value }) => {
    const there = phases.get(value.node);
    if (there === undefined || (maskOf(value.phases) & ~maskOf(there)) === 0) return [];
    return [
      {
        path: `${path}/phases`,
        code: 'phases_not_available',
        message: `device '${value.id}' measures ${value.phases}, but its node '${value.node}' has ${there}`,
      },
    ];
  });
}

function addressFault({ path, value }: Located<Device>): Fault[] {
  const { address } = value;
  if (address === null) return [];
  if (address.startsWith('modbus:')) {
    if (parseModbusAddress(address) !== null) return [];
    return [
      {
        path: `${path}/address`,
        code: 'bad_address',
        message: `'${address}' is no Modbus address: write modbus://host:port/unit with unit 0 to 255`,
      },
    ];
  }
  if (isTopicPrefix(address)) return [];
  return [
    {
      path: `${path}/address`,
      code: 'bad_address',
      message: `'${address}' is no MQTT topic prefix: no wildcards, no empty level, no control characters`,
    },
  ];
}

function isTopicPrefix(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  if (/[+#\u0000-\u001f\u007f]/.test(text)) return false;
  return text
    .replace(/\/$/, '')
    .split('/')
    .every((level) => level !== '');
}

function sharedAddresses(devices: readonly Located<Device>[]): Fault[] {
  const first = new Map<string, string>();
  return devices.flatMap(({ path, value }) => {
    if (value.address === null) return [];
    const holder = first.get(value.address);
    if (holder === undefined) {
      first.set(value.address, value.id);
      return [];
    }
    return [
      {
        path: `${path}/address`,
        code: 'shared_address',
        message: `device '${value.id}' has the address of '${holder}': every message would count for both`,
      },
    ];
  });
}
