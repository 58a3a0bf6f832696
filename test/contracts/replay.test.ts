import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandSchemas, parseCommand } from '../../contracts/command.ts';
import { parseInstant } from '../../contracts/instant.ts';
import { createEventReader, parseEvents } from '../../contracts/replay.ts';

const AT = '2026-01-01T00:00:00.000Z';
const AT_MS = Date.UTC(2026, 0, 1);

function faultsOf(...lines: unknown[]): string[] {
  const parsed = parseEvents(
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return 'faults' in parsed ? parsed.faults.map(({ path, code }) => `${path}: ${code}`) : [];
}

describe('an event file', () => {
  it('gives each message its bytes, from an object, a list, text or base64', () => {
    const parsed = parseEvents(
      [
        { at: AT, topic: 't', payload: { ts: 1 } },
        { at: AT, topic: 't', payload: [{ ts: 1 }], retain: true },
        { at: '2026-01-01T08:00:00+08:00', topic: 't', payload: 'online', stored: true },
        { at: AT, topic: 't', payload_b64: 'AP+A' },
      ]
        .map((line) => JSON.stringify(line))
        .join('\r\n\n'),
    );
    if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
    const messages = parsed.events.flatMap((event) => (event.kind === 'message' ? [event] : []));
    expect(messages.slice(0, 3).map(({ payload }) => new TextDecoder().decode(payload))).toEqual([
      '{"ts":1}',
      '[{"ts":1}]',
      'online',
    ]);
    expect([...(messages[3]?.payload ?? [])]).toEqual([0, 255, 128]);
    expect(messages.map(({ at }) => at)).toEqual([AT_MS, AT_MS, AT_MS, AT_MS]);
    expect(messages.map(({ retain, stored }) => [retain, stored])).toEqual([
      [false, false],
      [true, false],
      [false, true],
      [false, false],
    ]);
  });

  it('reads every command into the form of the engine', () => {
    const at = AT_MS;
    expect(
      parseCommand({ type: 'planned', id: 'w', nodes: ['R2'], from: AT, to: '2026-01-01T02:00:00Z' }),
    ).toEqual({ command: { type: 'planned', id: 'w', nodes: ['R2'], from: at, to: at + 7_200_000 } });
    expect(parseCommand({ type: 'open', node: 'R1', from: AT, reason: 'call', extra: 1 })).toEqual({
      command: { type: 'open', node: 'R1', from: at, reason: 'call' },
    });
    expect(parseCommand({ type: 'ingest_restart', blindFrom: AT })).toEqual({
      command: { type: 'ingest_restart', blindFrom: at },
    });
    expect(
      parseCommand({ type: 'topology', nodes: [{ id: 'u1', kind: 'unit', fedBy: 'F2' }] }, '', 220),
    ).toEqual({
      command: {
        type: 'topology',
        nodes: [{ id: 'u1', kind: 'unit', fedBy: 'F2', phases: 'ABC', nominal_v: 220 }],
      },
    });
    for (const command of [
      { type: 'cancel_planned', id: 'w' },
      { type: 'tie', id: 'TIE', closed: true },
      { type: 'transfer', id: 'ATS1', to: 'alternate' },
      { type: 'breaker', node: 'R1', closed: false },
      { type: 'acknowledge', node: 'R1', by: 'a' },
      { type: 'confirm_restored', node: 'R1', reason: 'seen' },
      { type: 'broker_restart' },
      { type: 'ingest_restart' },
    ]) {
      expect(parseCommand(command)).toEqual({ command });
    }
  });

  it('refuses a command of each type that lacks all it needs, naming each missing key', () => {
    for (const [type, schema] of Object.entries(CommandSchemas)) {
      const parsed = parseCommand({ type }, '/command');
      const missing =
        'faults' in parsed
          ? parsed.faults.filter(({ code }) => code === 'missing').map(({ path }) => path)
          : [];
      expect(missing).toEqual(
        schema.required?.filter((key) => key !== 'type').map((key) => `/command/${key}`) ?? [],
      );
    }
  });

  it('is refused with every fault and the line it stands on', () => {
    expect(
      faultsOf(
        '{"at":',
        [],
        { at: AT, topic: 't' },
        { at: 'yesterday', topic: '', payload: 1, payload_b64: '' },
        { at: AT, topic: 't', payload: 1 },
        '',
        { at: '2025-12-31T23:59:59.999Z', topic: 't', payload: 1 },
        { topic: 't', payload_b64: 'a', retain: 1, stored: 'x' },
        { at: AT, command: { type: 'explode' } },
        { at: AT, topic: 't', command: { type: 'planned', id: 'w', nodes: [], from: AT, to: AT } },
        { at: AT, command: { type: 'planned', id: 'w', nodes: ['R'], from: AT, to: AT } },
      ),
    ).toEqual([
      'line 1 : malformed_json',
      'line 2 : wrong_type',
      'line 3 /payload: missing',
      'line 4 /at: wrong_form',
      'line 4 /topic: wrong_type',
      'line 4 /payload: not_allowed',
      'line 7 /at: falling_at',
      'line 8 /at: missing',
      'line 8 /payload_b64: wrong_form',
      'line 8 /retain: wrong_type',
      'line 8 /stored: wrong_type',
      'line 9 /command/type: unknown_command',
      'line 10 /topic: not_allowed',
      'line 10 /command/nodes: wrong_form',
      'line 11 /command/to: out_of_range',
    ]);
  });

  it('is read or refused, never an exception, whatever stands in it', () => {
    const line = fc.oneof(
      fc.string(),
      fc.json({ maxDepth: 4 }),
      fc
        .record(
          {
            at: fc.oneof(fc.constant(AT), fc.string()),
            topic: fc.jsonValue(),
            payload: fc.jsonValue(),
            command: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const reader = createEventReader();
        for (const text of lines) {
          const before = reader.faults().length;
          const event = reader.read(text);
          expect(event !== null || text.trim() === '' || reader.faults().length > before).toBe(true);
        }
      }),
    );
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(faultsOf(`{"at":"${AT}","topic":"t","payload":${deep}}`).length).toBeLessThanOrEqual(1);
  });
});

it('an instant survives its text, in any zone and with any number of digits', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      expect(parseInstant(date.toISOString())).toBe(date.getTime());
    }),
  );
  expect(parseInstant('2026-01-01T05:30:00.123456789+05:30')).toBe(AT_MS + 123);
  for (const text of [
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00',
    '1767225600000',
    '',
  ]) {
    expect(parseInstant(text)).toBeNull();
  }
});
