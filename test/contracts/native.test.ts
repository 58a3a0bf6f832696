import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { expect, it } from 'vitest';
import {
  EventSchema,
  HISTORY_MAX,
  HistorySchema,
  TelemetrySchema,
  UNKNOWN_FIELD,
  UNKNOWN_FIELDS_MAX,
} from '../../contracts/native.ts';
import { parseSite } from '../../contracts/site-file.ts';
import { createDecoder } from '../../core/readings/decoder.ts';

const telemetry = Compile(TelemetrySchema);
const event = Compile(EventSchema);
const history = Compile(HistorySchema);
const known = new Set(Object.keys(TelemetrySchema.properties));
const NOW = Date.UTC(2026, 0, 1);

const parsed = parseSite({
  site: { id: 's' },
  nodes: [
    { id: 'U', kind: 'feed' },
    { id: 'u1', kind: 'unit', fedBy: 'U' },
  ],
  devices: [{ id: 'm1', node: 'u1' }],
});
if ('faults' in parsed) throw new Error('the site of this test is at fault');
const { site } = parsed;
const decoder = createDecoder({ get: (id) => (id === 's' ? site : undefined), all: () => [site] }, new Map());

function verdict(kind: string, json: unknown): string {
  const payload = new TextEncoder().encode(JSON.stringify(json));
  const decoded = decoder.decode(`relight/s/m1/${kind}`, payload, NOW);
  return 'kind' in decoded ? decoded.reason : 'accepted';
}

function tooMany(json: object): boolean {
  const extra = Object.entries(json).filter(
    ([key, value]) => !known.has(key) && Number.isFinite(value) && UNKNOWN_FIELD.test(key),
  );
  return extra.length > UNKNOWN_FIELDS_MAX;
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  fc.integer(),
  fc.constantFrom(null, true, false, 'auto', 'A', NOW, '', [], {}),
);
const anyTelemetry = fc.dictionary(
  fc.oneof(fc.constantFrom(...known), fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/)),
  value,
  { maxKeys: 12 },
);

it('the decoder takes exactly the telemetry the schema allows', () => {
  fc.assert(
    fc.property(anyTelemetry, (json) => {
      const allowed = telemetry.Check(json) && !tooMany(json);
      expect(verdict('telemetry', json)).toBe(allowed ? 'accepted' : 'invalid_payload');
    }),
    { numRuns: 2_000 },
  );
});

it('the decoder counts unknown fields to the same limit', () => {
  const fields = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`extra_${i}`, i]));
  expect(verdict('telemetry', fields(UNKNOWN_FIELDS_MAX))).toBe('accepted');
  expect(verdict('telemetry', fields(UNKNOWN_FIELDS_MAX + 1))).toBe('too_many_fields');
});

it('the decoder takes exactly the events the schema allows', () => {
  const anyEvent = fc.record(
    {
      type: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...EventSchema.properties.type.enum) },
        fc.constantFrom('', 'x', null, 3),
      ),
      ts: fc.oneof(fc.integer(), fc.constantFrom(null, NOW, '2026', 1.5)),
      phases: fc.constantFrom('A', 'AB', 'ABC', 'BA', '', null, 7),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(anyEvent, (json) => {
      expect(verdict('event', json)).toBe(event.Check(json) ? 'accepted' : 'invalid_payload');
    }),
    { numRuns: 1_000 },
  );
});

it('the decoder takes exactly the histories the schema allows, of readings with a time', () => {
  fc.assert(
    fc.property(fc.array(anyTelemetry, { maxLength: 4 }), (list) => {
      const json = list.map((item) => ({ ...item, ts: NOW }));
      const allowed = history.Check(json) && !json.some(tooMany);
      expect(verdict('history', json)).toBe(allowed ? 'accepted' : 'invalid_payload');
    }),
    { numRuns: 500 },
  );
  const many = (count: number) => Array.from({ length: count }, () => ({ ts: NOW }));
  expect(verdict('history', many(HISTORY_MAX))).toBe('accepted');
  expect(verdict('history', many(HISTORY_MAX + 1))).toBe('invalid_payload');
});
