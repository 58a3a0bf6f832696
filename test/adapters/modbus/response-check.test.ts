import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readModbusAddress } from '../../../adapters/modbus/modbus-address.ts';
import { createResponseCheck } from '../../../adapters/modbus/response-check.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const ASKED = { transaction: 258, unit: 7, function: 4, count: 3 };
const GOOD = Buffer.from('01020000000907040643660000c0a8', 'hex');
const EXCEPTION = Buffer.from('010200000003078402', 'hex');

function checkOf() {
  const check = createResponseCheck();
  check.ask(ASKED);
  return check;
}

test.each([
  ['an answer', GOOD],
  ['an exception', EXCEPTION],
])('%s passes whole, however it is cut', (_name, frame) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: frame.length }), (size) => {
      const check = checkOf();
      const passed: Buffer[] = [];
      for (let at = 0; at < frame.length; at += size) {
        const taken = check.take(frame.subarray(at, at + size));
        expect(typeof taken).not.toBe('string');
        if (typeof taken !== 'string') passed.push(...taken);
      }
      expect(passed).toEqual([frame]);
    }),
  );
});

test('an answer given up on is swallowed, and the next one passes', () => {
  const check = checkOf();
  check.giveUp();
  check.ask({ ...ASKED, transaction: 259 });
  const next = Buffer.from(GOOD);
  next.writeUInt16BE(259, 0);
  expect(check.take(Buffer.concat([GOOD, next]))).toEqual([next]);
});

test('100,000 random and mutated frames: nothing passes but a fitting answer, and nothing throws', () => {
  const random = seededRandom(7);
  const below = (limit: number) => Math.floor(random() * limit);
  const verdicts = new Map<string, number>();
  for (let n = 0; n < 100_000; n += 1) {
    let frame = Buffer.from(random() < 0.5 ? GOOD : EXCEPTION);
    if (random() < 0.2) frame = Buffer.from(Array.from({ length: below(300) }, () => below(256)));
    for (let change = below(3); change > 0 && frame.length > 0; change -= 1)
      frame[below(frame.length)] = below(256);
    const verdict = checkOf().take(frame);
    if (typeof verdict === 'string') {
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      continue;
    }
    verdicts.set('passed', (verdicts.get('passed') ?? 0) + verdict.length);
    for (const passed of verdict) {
      expect([passed.readUInt16BE(0), passed.readUInt16BE(2), passed[6]]).toEqual([258, 0, 7]);
      expect(
        passed[7] === 4 ? passed.length === 15 && passed[8] === 6 : passed[7] === 0x84 && passed.length === 9,
      ).toBe(true);
    }
  }
  expect([...verdicts.keys()].sort()).toEqual(
    [
      'passed',
      'unasked',
      'wrong_byte_count',
      'wrong_function',
      'wrong_length',
      'wrong_protocol',
      'wrong_unit',
    ].sort(),
  );
});

test.each([
  ['modbus://10.0.0.5:1502/7', { host: '10.0.0.5', port: 1502, unit: 7 }],
  ['modbus://meter.local/0', { host: 'meter.local', port: 502, unit: 0 }],
  ['modbus://[::1]:502/255', { host: '::1', port: 502, unit: 255 }],
  ['modbus://10.0.0.5', null],
  ['modbus://10.0.0.5/256', null],
  ['modbus://10.0.0.5/-1', null],
  ['modbus://10.0.0.5/7/8', null],
  ['modbus://:502/7', null],
  ['http://10.0.0.5/7', null],
])('%s is %j', (text, address) => {
  expect(readModbusAddress(text)).toEqual(address);
});
