import { type IClientOptions, MqttClient } from 'mqtt';
import type { Bus, BusMessages } from '../../core/ports/bus.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { BrokerUnreachable } from './broker-unreachable.ts';
import { createListeners, SUBJECTS } from './listeners.ts';
import { openSocket, readMqttUrl } from './open-socket.ts';

export interface MqttBusDeps {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string | Buffer;
  /** Different for each process; must begin with the user name where the broker is ours. */
  readonly clientId: string;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}

const PREFIX = 'relight-internal/';
const RETRY_MS = 1_000;
const PATIENCE_MS = 5_000;
/** Waiting in our socket above this, the broker is too slow for nudges, which may be lost. */
const QUEUED_BYTES = 1024 * 1024;

/** The bus of services in different processes: QoS 0 under `relight-internal/`. What cannot be sent now is dropped. */
export function createMqttBus(deps: MqttBusDeps): Bus & Lifecycle {
  const { log, telemetry } = deps;
  const listeners = createListeners(log);
  let client: MqttClient | undefined;

  function receive(topic: string, payload: Buffer): void {
    const subject = SUBJECTS.find((known) => topic === PREFIX + known);
    const body = subject === undefined ? undefined : readBody(payload);
    if (subject === undefined || !isBody(subject, body)) {
      telemetry.count('relight_bus_dropped_total', { reason: 'malformed' });
      return;
    }
    listeners.tell(subject, body);
  }

  return {
    publish(subject, body) {
      if (!client?.connected || client.stream.writableLength > QUEUED_BYTES) {
        telemetry.count('relight_bus_dropped_total', { reason: 'not_connected' });
        return;
      }
      client.publish(PREFIX + subject, JSON.stringify(body), { qos: 0 });
    },

    subscribe: listeners.add,

    start() {
      const address = readMqttUrl(deps.url);
      const connecting = new MqttClient(() => openSocket(address, deps.ca), busOptions(deps));
      client = connecting;
      connecting.on('error', (error) => log.warn('Bus', { reason: error.message }));
      connecting.on('message', receive);
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          connecting.end(true);
          reject(
            new BrokerUnreachable(
              `The MQTT broker at ${address.host}:${address.port} did not let the bus in`,
            ),
          );
        }, PATIENCE_MS);
        connecting.on('connect', () => {
          connecting.subscribe(`${PREFIX}+`, { qos: 0 }, (error) => {
            if (error) return;
            clearTimeout(late);
            resolve();
          });
        });
      });
    },

    async stop() {
      await client?.endAsync(true);
      client = undefined;
    },
  };
}

function busOptions(deps: MqttBusDeps): IClientOptions {
  return {
    clientId: deps.clientId,
    protocolVersion: 4,
    clean: true,
    keepalive: 30,
    reconnectPeriod: RETRY_MS,
    connectTimeout: 10_000,
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    ...(deps.username === undefined ? {} : { username: deps.username }),
    ...(deps.password === undefined ? {} : { password: deps.password }),
  };
}

function readBody(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The door of the bus: enough is checked that no listener meets a shape it does not expect. */
function isBody<K extends keyof BusMessages>(subject: K, body: unknown): body is BusMessages[K] {
  if (typeof body !== 'object' || body === null) return false;
  if (subject === 'live') return 'values' in body && Array.isArray(body.values);
  if (subject === 'channels') return 'id' in body;
  if (!('site' in body) || typeof body.site !== 'string') return false;
  if (subject === 'events') return 'seq' in body && Number.isSafeInteger(body.seq);
  return subject !== 'command' || 'command' in body;
}
