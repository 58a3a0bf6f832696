import { type Static, Type } from 'typebox';
import type { Fault } from '../core/units/fault.ts';
import { crossChecks } from './configuration-checks.ts';
import { compileShape } from './shape-faults.ts';

const Text = (description: string, options = {}) =>
  Type.Optional(Type.String({ minLength: 1, description, ...options }));
/** A setting whose value never appears in a log, an answer or a page. */
const Secret = (description: string) => Text(description, { secret: true });
const Url = (schemes: string, description: string, options = {}) =>
  Text(description, { pattern: `^(${schemes})://[^\\s]+$`, ...options });
const Port = (description: string, fallback: number) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, description });

/**
 * Everything that can be configured, by the name of its environment variable. `default` is what holds without it;
 * `secret` marks what {@link redacted} hides.
 */
export const ConfigurationSchema = Type.Object({
  DATA_DIR: Type.String({
    minLength: 1,
    default: './data',
    description: 'folder of journal and embedded stores',
  }),
  HTTP_HOST: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'address the board and the API listen on',
  }),
  HTTP_PORT: Port('port of the board and the API; 0 takes a free one', 8420),
  MQTT_HOST: Type.String({
    minLength: 1,
    default: '127.0.0.1',
    description: 'address the embedded broker listens on',
  }),
  MQTT_PORT: Port('port of the embedded broker; 0 takes a free one', 1883),
  MQTT_TLS_PORT: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 65_535, description: 'TLS port of the embedded broker' }),
  ),
  MQTT_TLS_CERT_FILE: Text('PEM certificate chain of the embedded broker'),
  MQTT_TLS_KEY_FILE: Text('PEM key of that certificate'),
  MQTT_URL: Url('mqtts?', 'external broker in place of the embedded one', { secret: true }),
  MQTT_USERNAME: Text('user name at the external broker'),
  MQTT_PASSWORD: Secret('password at the external broker'),
  DATABASE_URL: Url('postgres|postgresql', 'PostgreSQL in place of the embedded store', { secret: true }),
  INFLUX_URL: Url('https?', 'InfluxDB 1.x, 2.x or 3.x in place of the embedded store', { secret: true }),
  INFLUX_BUCKET: Text('bucket, or database on 1.x'),
  INFLUX_ORG: Text('organisation on 2.x'),
  INFLUX_TOKEN: Secret('token on 2.x and 3.x'),
  INFLUX_USERNAME: Text('user name on 1.x'),
  INFLUX_PASSWORD: Secret('password on 1.x'),
  TWILIO_ACCOUNT_SID: Text('account', { pattern: '^AC[0-9a-fA-F]{32}$' }),
  TWILIO_AUTH_TOKEN: Secret('token of the account'),
  TWILIO_FROM: Text('sender: E.164 number or alphanumeric id', {
    pattern: '^(\\+[1-9][0-9]{5,14}|[A-Za-z0-9 ]{1,11})$',
  }),
  TWILIO_MESSAGING_SERVICE_SID: Text('messaging service, in place of a sender', {
    pattern: '^MG[0-9a-fA-F]{32}$',
  }),
  TWILIO_API_URL: Url('https?', "in place of the provider's own address"),
  SECRETS_KEY: Secret(
    '32 octets in base64 that channel settings are encrypted with; default: secrets.key in DATA_DIR',
  ),
  SEGMENTS_PER_INCIDENT: Type.Integer({
    minimum: 1,
    maximum: 10_000_000,
    default: 20_000,
    description: 'message segments to owners about one incident within 24 h, beyond which a person decides',
  }),
  SEGMENTS_PER_DAY: Type.Integer({
    minimum: 1,
    maximum: 10_000_000,
    default: 60_000,
    description: 'message segments to owners of one site within 24 h, beyond which a person decides',
  }),
  SMS_RATE_PER_S: Type.Number({
    minimum: 0.1,
    maximum: 1_000,
    default: 50,
    description: 'messages handed to the SMS provider a second, at most; what the account allows',
  }),
  SEGMENTS_PER_HOUR: Type.Integer({
    minimum: 1,
    maximum: 10_000_000,
    default: 20_000,
    description: 'cost cap: SMS segments to owners of one site an hour; what exceeds it waits for a person',
  }),
  PUBLIC_URL: Url('https?', 'address under which people and providers reach us; links and callbacks use it'),
  TRUST_PROXY: Text('true, or the addresses of proxies whose X-Forwarded headers count'),
  METRICS_TOKEN: Secret(
    'bearer token that opens /metrics to other machines; without it only this one may ask',
  ),
  LOG_LEVEL: Type.Enum(['debug', 'info', 'warn', 'error'], { default: 'info' }),
  DEAD_MAN_URL: Url('https?', 'asked every minute while all is well', { secret: true }),
  JOURNAL_LIMIT_MB: Type.Number({
    minimum: 16,
    maximum: 10_000_000,
    default: 2_048,
    description: 'size of the journal at which senders are slowed, MB',
  }),
  READINGS_LIMIT_MB: Type.Number({
    minimum: 16,
    maximum: 100_000_000,
    default: 20_480,
    description: 'size of the embedded reading store at which it alarms, MB',
  }),
  RETENTION_DAYS: Type.Number({
    minimum: 1,
    maximum: 36_500,
    default: 400,
    description: 'days for which readings are kept',
  }),
  EVIDENCE_DAYS: Type.Number({
    minimum: 1,
    maximum: 36_500,
    default: 30,
    description: 'days for which the evidence of incidents is kept, for replay and trials',
  }),
  EVIDENCE_LIMIT_MB: Type.Number({
    minimum: 1,
    maximum: 1_000_000,
    default: 512,
    description: 'size a site at which the oldest evidence goes before its time, MB',
  }),
  SESSION_HOURS: Type.Number({
    exclusiveMinimum: 0,
    maximum: 8_760,
    default: 12,
    description: 'hours after which a person signs in again',
  }),
  BOARD: Type.Boolean({
    default: true,
    description: 'serves the built board; false serves the API alone',
  }),
  DEMO: Type.Boolean({
    default: true,
    description: 'loads the demo site when there is none, and starts its simulator',
  }),
});

export type Configuration = Static<typeof ConfigurationSchema>;

const shape = compileShape(ConfigurationSchema);
const settings: ReadonlyMap<string, Setting> = new Map(
  Object.entries(ConfigurationSchema.properties).map(([name, schema]) => [name, settingOf(schema)]),
);

interface Setting {
  readonly type: unknown;
  readonly fallback: unknown;
  readonly description: unknown;
  readonly secret: boolean;
}

function settingOf(schema: object): Setting {
  const read = (key: string): unknown => Reflect.get(schema, key);
  return {
    type: read('type'),
    fallback: read('default'),
    description: read('description'),
    secret: read('secret') === true,
  };
}

/** Reads the environment: a whole configuration with defaults, or every fault, each saying which variable to change. */
export function readConfiguration(
  env: Readonly<Record<string, string | undefined>>,
): { readonly configuration: Configuration } | { readonly faults: readonly Fault[] } {
  const given: Record<string, unknown> = {};
  for (const [name, setting] of settings) {
    const text = env[name]?.trim();
    // An empty variable is how compose files and unit files spell "not set".
    if (text !== undefined && text !== '') given[name] = fromText(setting, text);
    else if (setting.fallback !== undefined) given[name] = setting.fallback;
  }
  if (shape.is(given)) {
    const faults = crossChecks(given);
    return faults.length > 0 ? { faults } : { configuration: given };
  }
  return { faults: [...shape.faults(given, '').map(named), ...crossChecks(given)] };
}

/** The configuration with every secret replaced, for logs and pages. */
export function redacted(configuration: Configuration): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(configuration).map(([name, value]) => [
      name,
      settings.get(name)?.secret === true ? '•••' : value,
    ]),
  );
}

function fromText({ type }: Setting, text: string): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (type === 'boolean')
    return /^(true|1|yes)$/i.test(text) ? true : /^(false|0|no)$/i.test(text) ? false : text;
  return text;
}

function named(fault: Fault): Fault {
  const name = fault.path.slice(1);
  const { description, fallback } = settings.get(name) ?? {};
  const meaning =
    description === undefined
      ? ''
      : ` (${String(description)}${fallback === undefined ? '' : `; default ${String(fallback)}`})`;
  return { path: name, code: fault.code, message: `${name} ${fault.message}${meaning}` };
}
