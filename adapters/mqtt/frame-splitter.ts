/** Cuts a stream of bytes into whole MQTT packets; for what our own client writes, so lengths are sane. */
export function createFrameSplitter() {
  let rest = Buffer.alloc(0);

  return (chunk: Uint8Array): Buffer[] => {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    const frames: Buffer[] = [];
    for (let size = frameSize(rest); size !== null && size <= rest.length; size = frameSize(rest)) {
      frames.push(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
    return frames;
  };
}

/** Header, length and body of the first packet; null until its length is known. */
function frameSize(bytes: Buffer): number | null {
  let length = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at += 1) {
    const byte = bytes[at] ?? 0;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if (byte < 0x80) return 1 + at + length;
  }
  return null;
}
