/**
 * Follows the MQTT framing of a byte stream without parsing it, to know a packet's declared length before anybody
 * buffers it: the parser behind would collect up to 256 MiB for one packet.
 */
export function createFrameGuard(limits: { readonly first_bytes: number; readonly packet_bytes: number }) {
  let remaining = 0;
  let inLength = false;
  let length = 0;
  let shift = 0;
  let packets = 0;

  return {
    /** False when a packet in this chunk declares more than it may. */
    accepts(chunk: Uint8Array): boolean {
      let at = 0;
      while (at < chunk.length) {
        if (remaining > 0) {
          const step = Math.min(remaining, chunk.length - at);
          remaining -= step;
          at += step;
          continue;
        }
        const byte = chunk[at] ?? 0;
        at += 1;
        if (!inLength) {
          inLength = true;
          length = 0;
          shift = 0;
          continue;
        }
        length += (byte & 0x7f) * 2 ** shift;
        shift += 7;
        if ((byte & 0x80) !== 0 && shift < 28) continue;
        if ((byte & 0x80) !== 0) return false;
        inLength = false;
        packets += 1;
        if (length > (packets === 1 ? limits.first_bytes : limits.packet_bytes)) return false;
        remaining = length;
      }
      return true;
    },
  };
}
