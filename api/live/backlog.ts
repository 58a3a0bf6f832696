import type { LiveSocket } from './outlet.ts';

const PACKETS_MAX = 1_000;
const BYTES_MAX = 16 * 1024 * 1024;

/** Does more wait for this client than it may? Values are volatile and never wait; what waits are changes and states. */
export function isTooSlow(socket: LiveSocket): boolean {
  // The queue behind a transport that is not writable; public in the documentation, private in the types.
  const waiting: unknown = Reflect.get(socket.conn, 'writeBuffer');
  if (!Array.isArray(waiting)) return false;
  if (waiting.length > PACKETS_MAX) return true;
  let bytes = 0;
  for (const packet of waiting) bytes += sizeOf(packet);
  return bytes > BYTES_MAX;
}

function sizeOf(packet: unknown): number {
  if (typeof packet !== 'object' || packet === null || !('data' in packet)) return 0;
  return typeof packet.data === 'string' ? packet.data.length : 0;
}
