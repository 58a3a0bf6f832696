import { Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLogger, type LogLevel } from '../../../adapters/log/pino-logger.ts';

function capture(level: LogLevel = 'debug') {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLogger({ level, base: { service: 'test' }, destination }), lines };
}

it('writes one JSON object a line with level, time and service', () => {
  const { log, lines } = capture();
  log.info('started', { port: 8080 });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    service: 'test',
    message: 'started',
    port: 8080,
    time: expect.stringMatching(/^\d{4}-.*Z$/),
  });
});

it.each([
  { password: 'hunter2hunter2' },
  { passwordHash: 'hunter2hunter2' },
  { nested: { deep: [{ authorization: 'hunter2hunter2' }] } },
  { headers: { cookie: 'relight_session=hunter2hunter2' } },
  { url: 'postgres://relight:hunter2hunter2@db/relight' },
  { url: 'https://host/setup?a=1&token=hunter2hunter2' },
  { TWILIO_AUTH_TOKEN: 'hunter2hunter2' },
  { error: new Error('no reply', { cause: new Error('amqp://u:hunter2hunter2@host failed') }) },
])('hides the secret in %j', (facts) => {
  const { log, lines } = capture();
  log.error('failed', facts);
  expect(lines.join()).not.toContain('hunter2hunter2');
});

it.each(['+8613812345678', '13812345678', 'sent to +8613812345678.', '用户 13812345678 退订'])(
  'masks the phone number in %s',
  (text) => {
    const { log, lines } = capture();
    log.warn(text, { to: text, phone: text });
    expect(lines.join()).not.toContain('12345678');
  },
);

it('leaves times and counts readable', () => {
  const { log, lines } = capture();
  log.info('x', { at: 1767225600000, text: '1767225600000' });
  expect(lines.join().match(/1767225600000/g)).toHaveLength(2);
});

it('writes a valid line for whatever it is given, cyclic values included', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  fc.assert(
    fc.property(fc.oneof(fc.object(), fc.constant(cyclic)), (facts) => {
      const { log, lines } = capture();
      log.info('any', { facts, message: 'not this', level: 'nor this' });
      expect(JSON.parse(lines.join())).toMatchObject({ level: 'info', message: 'any' });
    }),
    { numRuns: 100 },
  );
});

it('writes nothing below its level', () => {
  const { log, lines } = capture('warn');
  log.info('quiet');
  expect(lines).toEqual([]);
});
