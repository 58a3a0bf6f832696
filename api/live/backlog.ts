import type { LiveSocket } from './outlet.ts';

const PACKETS_MAX = 1_000;
const BYTES_MAX = 16 * 1024 * 1024;

/** Does more wait for this client than it may? Values are volatile and never wait; what waits are changes and states. */
export function isTooSlow(socket: LiveSocket): boolean {
  const waiting = queued(socket);
  if (waiting.length > PACKETS_MAX) return true;
  let bytes = onTheWire(socket);
  for (const packet of waiting) bytes += sizeOf(packet);
  return bytes > BYTES_MAX;
}

/** Packets behind a transport that is not writable; engine.io documents this queue but its types hide it. */
function queued(socket: LiveSocket): readonly unknown[] {
  const packets: unknown = Reflect.get(socket.conn, 'writeBuffer');
  return Array.isArray(packets) ? packets : [];
}

/** Bytes handed to the web socket that its peer has not taken; 0 on a polling transport, which holds one answer only. */
function onTheWire(socket: LiveSocket): number {
  const webSocket = webSocketOf(socket);
  return webSocket !== null && 'bufferedAmount' in webSocket ? Number(webSocket.bufferedAmount) : 0;
}

function webSocketOf(socket: LiveSocket): object | null {
  const webSocket: unknown = Reflect.get(socket.conn.transport, 'socket');
  return typeof webSocket === 'object' ? webSocket : null;
}

/** Cuts the line at once. A closing handshake would wait half a minute for a peer that does not read. */
export function cutOff(socket: LiveSocket): void {
  const webSocket = webSocketOf(socket);
  socket.conn.close(true);
  if (webSocket !== null && 'terminate' in webSocket && typeof webSocket.terminate === 'function') {
    webSocket.terminate();
  }
}

function sizeOf(packet: unknown): number {
  if (typeof packet !== 'object' || packet === null || !('data' in packet)) return 0;
  return typeof packet.data === 'string' ? packet.data.length : 0;
}
