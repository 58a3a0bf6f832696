/** A read that is on the wire. */
export interface Asked {
  readonly transaction: number;
  readonly unit: number;
  readonly function: number;
  readonly count: number;
}

export type FrameFault =
  | 'wrong_protocol'
  | 'wrong_length'
  | 'unasked'
  | 'wrong_unit'
  | 'wrong_function'
  | 'wrong_byte_count';

/** MBAP header of Modbus TCP: transaction, protocol (0), length of what follows, unit. */
const HEADER = 7;
/** Unit, function and 252 bytes: no answer is longer. */
const LONGEST = 254;
const EXCEPTION = 0x80;
/** Requests given up on, whose late answers are no fault. */
const REMEMBERED = 16;

/**
 * Lets through whole, fitting answers only. The library behind takes any bytes for the beginning of an answer and waits
 * for the rest; here a stream that is off by a byte, or a peer that is no Modbus device, is known at once.
 */
export function createResponseCheck() {
  let rest: Buffer = Buffer.alloc(0);
  let asked: Asked | null = null;
  const given: number[] = [];

  return {
    ask(request: Asked): void {
      asked = request;
    },

    /** The deadline passed: an answer to this one may still come and is then dropped. */
    giveUp(): void {
      if (asked === null) return;
      given.push(asked.transaction);
      if (given.length > REMEMBERED) given.shift();
      asked = null;
    },

    /** Whole answers to the present request, or what is wrong; after a fault the connection is worth nothing. */
    take(chunk: Uint8Array): readonly Buffer[] | FrameFault {
      rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
      const answers: Buffer[] = [];
      while (rest.length >= HEADER) {
        const length = rest.readUInt16BE(4);
        if (rest.readUInt16BE(2) !== 0) return 'wrong_protocol';
        if (length < 3 || length > LONGEST) return 'wrong_length';
        const transaction = rest.readUInt16BE(0);
        const late = given.includes(transaction);
        if (!late && asked?.transaction !== transaction) return 'unasked';
        if (rest.length < 6 + length) break;

        const frame = rest.subarray(0, 6 + length);
        rest = rest.subarray(6 + length);
        if (late || asked === null) continue;
        const fault = faultOf(frame, asked);
        if (fault !== null) return fault;
        answers.push(frame);
        asked = null;
      }
      return answers;
    },
  };
}

function faultOf(frame: Buffer, asked: Asked): FrameFault | null {
  if (frame[6] !== asked.unit) return 'wrong_unit';
  const bytes = frame.length - HEADER;
  if (frame[7] === asked.function + EXCEPTION) return bytes === 2 ? null : 'wrong_byte_count';
  if (frame[7] !== asked.function) return 'wrong_function';
  return frame[8] === asked.count * 2 && bytes === 2 + asked.count * 2 ? null : 'wrong_byte_count';
}
