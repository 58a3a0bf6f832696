import { frameFor } from './modbus-server.ts';

/** The right answer to a request: every register holds 0x4343. */
export function goodAnswer(request: Buffer): Buffer {
  const bytes = request.readUInt16BE(10) * 2;
  return frameFor(request, Buffer.concat([Buffer.from([request[7] ?? 0, bytes]), Buffer.alloc(bytes, 0x43)]));
}

/** Answers as a broken gateway gives them: noise, and right ones with wounds or cut short. */
export function createHostileAnswers(random: () => number): (request: Buffer) => Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  return (request) => {
    if (random() < 0.3) return Buffer.from(Array.from({ length: 1 + below(40) }, () => below(256)));
    const frame = random() < 0.2 ? frameFor(request, Buffer.from([0x84, below(256)])) : goodAnswer(request);
    for (let wounds = below(3); wounds >= 0; wounds -= 1)
      frame[below(Math.min(12, frame.length))] = below(256);
    return random() < 0.2 ? frame.subarray(0, below(frame.length)) : frame;
  };
}
