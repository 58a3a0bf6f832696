import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDecoder } from '../../../core/readings/decoder.ts';
import { compound } from '../../support/compound.ts';
import { clock, PROFILES } from '../../support/replayed.ts';

const site = compound({ gateways: true });
const AT = clock('10:00:00');
const decoder = createDecoder({ get: (id) => (id === 's' ? site : undefined), all: () => [site] }, PROFILES);
const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const decode = (topic: string, payload: unknown) => decoder.decode(topic, bytes(payload), AT);

describe('native messages', () => {
  it('keeps known and bounded unknown fields, and the device clock', () => {
    expect(
      decode('relight/s/m-F1-1/telemetry', {
        ts: AT - 500,
        seq: 3,
        uptime_s: 9,
        voltage: 230.5,
        relay: true,
        thd_i: 1.5,
        Odd: 3,
        energy: null,
      }),
    ).toEqual({
      site: 's',
      message: {
        kind: 'telemetry',
        device: 'm-F1-1',
        ts: AT - 500,
        deviceClock: true,
        seq: 3,
        uptime_s: 9,
        fields: { voltage: 230.5, relay: 1, thd_i: 1.5 },
      },
    });
  });

  it.each([
    ['before 2020', 12_345],
    ['two days ahead', AT + 2 * 86_400_000],
    ['absent', undefined],
  ])('takes the arrival for a clock that is %s', (_, ts) => {
    expect(decode('relight/s/m-F1-1/event', { ts, type: 'power_lost' })).toMatchObject({
      message: { ts: AT, deviceClock: false, phases: null },
    });
  });

  it.each([
    ['relight/x/m-F1-1/telemetry', {}, 'unknown_site'],
    ['relight/s/nobody/telemetry', {}, 'unknown_device'],
    ['relight/s/GW1/telemetry', {}, 'unknown_device'],
    ['relight/s/m-F1-1/nonsense', {}, 'unknown_topic'],
    ['relight/s/m-F1-1/telemetry/more', {}, 'unknown_topic'],
    ['other/topic', {}, 'unknown_topic'],
    ['relight/s/m-F1-1/command', {}, 'forbidden_topic'],
    ['relight/s/m-F1-1/telemetry', '{', 'malformed_json'],
    ['relight/s/m-F1-1/telemetry', [], 'invalid_payload'],
    ['relight/s/m-F1-1/telemetry', '{"voltage": 1e999}', 'invalid_payload'],
    ['relight/s/m-F1-1/telemetry', { voltage: '230' }, 'invalid_payload'],
    ['relight/s/m-F1-1/event', { type: 'party' }, 'invalid_payload'],
    ['relight/s/m-F1-1/event', { type: 'boot', phases: 'BA' }, 'invalid_payload'],
    ['relight/s/m-F1-1/status', 'asleep', 'invalid_payload'],
    ['relight/s/m-F1-1/history', [{ voltage: 1 }], 'invalid_payload'],
    ['relight/s/m-F1-1/history', Array.from({ length: 501 }, () => ({ ts: AT })), 'invalid_payload'],
    [
      'relight/s/m-F1-1/telemetry',
      Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`x${i}`, i])),
      'too_many_fields',
    ],
    ['relight/s/m-F1-1/telemetry', ' '.repeat(300_000), 'too_large'],
  ])('refuses %s %j as %s', (topic, payload, reason) => {
    expect(decode(topic, payload)).toMatchObject({ kind: 'refused', reason });
  });

  it('knows the status of gateways', () => {
    expect(decode('relight/s/GW1/status', 'offline')).toEqual({
      site: 's',
      message: { kind: 'status', device: 'GW1', online: false },
    });
  });

  it('answers every payload with a message or a refusal', () => {
    const kinds = fc.constantFrom('telemetry', 'event', 'status', 'history');
    fc.assert(
      fc.property(
        kinds,
        fc.oneof(fc.json().map(bytes), fc.uint8Array({ maxLength: 200 })),
        (kind, payload) => {
          const decoded = decoder.decode(`relight/s/m-F1-1/${kind}`, payload, AT);
          expect('reason' in decoded || decoded.message.device === 'm-F1-1').toBe(true);
          if ('message' in decoded && decoded.message.kind === 'telemetry') {
            for (const value of Object.values(decoded.message.fields))
              expect(Number.isFinite(value)).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
