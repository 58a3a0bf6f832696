import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** An endpoint whose address nobody outside has: link-local, multicast, or where a cloud keeps its machines' secrets. */
export class ForbiddenAddress extends Error {
  constructor(address: string) {
    super(`the address ${address} is not one to send to`);
    this.name = 'ForbiddenAddress';
  }
}

const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('0.0.0.0', 8, 'ipv4');
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addAddress('100.100.100.200', 'ipv4');
FORBIDDEN.addSubnet('224.0.0.0', 3, 'ipv4');
FORBIDDEN.addAddress('::', 'ipv6');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addSubnet('ff00::', 8, 'ipv6');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');

/** For a host written as an address; a name is looked at when it is resolved. */
export function refuseAddress(host: string): ForbiddenAddress | null {
  const address = host.replace(/^\[|\]$/g, '');
  return isForbidden(address) ? new ForbiddenAddress(address) : null;
}

/** Resolves a name for the connection itself, so that it cannot answer one address to the check and another to the call. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const bad = addresses.find(({ address }) => isForbidden(address));
    if (bad !== undefined) return callback(new ForbiddenAddress(bad.address), '', 0);
    const [first] = addresses;
    if (options.all === true) return callback(null, addresses);
    return first === undefined
      ? callback(new Error(`${hostname} has no address`), '', 0)
      : callback(null, first.address, first.family);
  });
};

function isForbidden(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && FORBIDDEN.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
