import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationSchema, readConfiguration, redacted } from '../../contracts/configuration.ts';

const SID = `AC${'0'.repeat(32)}`;

function faultsOf(env: Record<string, string>): string[] {
  const read = readConfiguration(env);
  return 'faults' in read ? read.faults.map(({ path, code }) => `${path}: ${code}`) : [];
}

describe('configuration', () => {
  it('needs nothing, and then listens on loopback only', () => {
    const read = readConfiguration({});
    expect('configuration' in read && read.configuration).toMatchObject({
      DATA_DIR: './data',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: 8420,
      MQTT_HOST: '127.0.0.1',
      MQTT_PORT: 1883,
      DEMO: true,
      LOG_LEVEL: 'info',
    });
  });

  it('reads numbers and switches from text, and takes an empty variable for one not set', () => {
    const read = readConfiguration({
      HTTP_PORT: ' 0 ',
      DEMO: 'no',
      RETENTION_DAYS: '30',
      DATABASE_URL: '',
      LOG_LEVEL: 'debug',
    });
    expect('configuration' in read && read.configuration).toMatchObject({
      HTTP_PORT: 0,
      DEMO: false,
      RETENTION_DAYS: 30,
      LOG_LEVEL: 'debug',
    });
    expect('configuration' in read && read.configuration.DATABASE_URL).toBeUndefined();
  });

  it.for<[string, Record<string, string>, string[]]>([
    [
      'a port that is no port',
      { HTTP_PORT: '70000', MQTT_PORT: 'x' },
      ['HTTP_PORT: out_of_range', 'MQTT_PORT: wrong_type'],
    ],
    ['two services on one port', { HTTP_PORT: '1883' }, ['MQTT_PORT: port_taken']],
    [
      'a certificate without its key',
      { MQTT_TLS_PORT: '8883', MQTT_TLS_CERT_FILE: 'c.pem' },
      ['MQTT_TLS_KEY_FILE: missing'],
    ],
    [
      'a key and certificate without a port',
      { MQTT_TLS_KEY_FILE: 'k.pem', MQTT_TLS_CERT_FILE: 'c.pem' },
      ['MQTT_TLS_PORT: missing'],
    ],
    ['a password for no broker', { MQTT_PASSWORD: 'p' }, ['MQTT_PASSWORD: not_allowed']],
    [
      'a URL of the wrong kind',
      { DATABASE_URL: 'mysql://h/d', PUBLIC_URL: 'https://[bad' },
      ['DATABASE_URL: wrong_form', 'PUBLIC_URL: wrong_form'],
    ],
    [
      'InfluxDB without a bucket',
      { INFLUX_URL: 'http://h:8086', INFLUX_USERNAME: 'u' },
      ['INFLUX_BUCKET: missing', 'INFLUX_PASSWORD: missing'],
    ],
    ['a token for no InfluxDB', { INFLUX_TOKEN: 't' }, ['INFLUX_TOKEN: not_allowed']],
    [
      'half a Twilio account',
      { TWILIO_ACCOUNT_SID: SID },
      ['TWILIO_AUTH_TOKEN: missing', 'TWILIO_FROM: missing', 'PUBLIC_URL: missing'],
    ],
    [
      'a switch that is neither on nor off',
      { DEMO: 'maybe', LOG_LEVEL: 'loud' },
      ['LOG_LEVEL: not_allowed', 'DEMO: wrong_type'],
    ],
  ])('refuses %s', ([, env, faults]) => {
    expect(faultsOf(env)).toEqual(faults);
  });

  it('lists faults of form and of sense together, each naming its variable', () => {
    const read = readConfiguration({ HTTP_PORT: '-1', MQTT_PASSWORD: 'p' });
    if (!('faults' in read)) throw new Error('was accepted');
    expect(read.faults.map(({ path }) => path)).toEqual(['HTTP_PORT', 'MQTT_PASSWORD']);
    for (const { path, message } of read.faults) expect(message).toContain(path);
  });

  it('never shows a secret, neither redacted nor in a fault', () => {
    const secret = 'f00-secret-bar';
    const env = {
      TWILIO_ACCOUNT_SID: SID,
      TWILIO_AUTH_TOKEN: secret,
      TWILIO_FROM: '+8619900000001',
      PUBLIC_URL: 'https://board.example',
      DATABASE_URL: `postgres://u:${secret}@h/d`,
      MQTT_URL: `mqtts://u:${secret}@h`,
      MQTT_PASSWORD: secret,
      INFLUX_URL: `http://u:${secret}@h`,
      INFLUX_BUCKET: 'b',
      INFLUX_TOKEN: secret,
    };
    const read = readConfiguration(env);
    if ('faults' in read) throw new Error(JSON.stringify(read.faults));
    expect(JSON.stringify(redacted(read.configuration))).not.toContain(secret);
    expect(redacted(read.configuration).PUBLIC_URL).toBe('https://board.example');
    expect(
      JSON.stringify(readConfiguration({ ...env, DATABASE_URL: `x${secret}`, TWILIO_FROM: `+${secret}` })),
    ).not.toContain(secret);
  });

  it('accepts or refuses any text in any variable, never an exception', () => {
    const names = Object.keys(ConfigurationSchema.properties);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.webUrl(), fc.nat().map(String))),
        (env) => {
          const read = readConfiguration(env);
          expect('configuration' in read || read.faults.length > 0).toBe(true);
        },
      ),
    );
  });
});
