import type { Fault } from '../units/fault.ts';
import type { Claim, SiteDraft } from './site-draft.ts';

/** An id may be given once in its space. Nodes and gateways share one space; every other kind has its own. */
export function checkIds({ claims }: SiteDraft): Fault[] {
  return [
    ...repeats([...claims.nodes, ...claims.gateways]),
    ...repeats(claims.ties),
    ...repeats(claims.transfers),
    ...repeats(claims.devices),
    ...repeats(claims.premises),
  ];
}

/** A device named like a gateway would share its MQTT client id and status topic; allowed only if they are one box. */
export function warnSharedClients({ claims }: SiteDraft): Fault[] {
  const gateways = new Set(claims.gateways.map(({ id }) => id));
  return claims.devices
    .filter(({ id }) => gateways.has(id))
    .map(({ id, path }) => ({
      path: `${path}/id`,
      code: 'shared_client',
      message: `device '${id}' has the id of a gateway: both use the same MQTT client and status topic`,
    }));
}

function repeats(claims: readonly Claim[]): Fault[] {
  const first = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { id, path } of claims) {
    const holder = first.get(id);
    if (holder === undefined) first.set(id, path);
    else
      faults.push({
        path: `${path}/id`,
        code: 'duplicate_id',
        message: `id '${id}' is already taken by ${holder}`,
      });
  }
  return faults;
}
