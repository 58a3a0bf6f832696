import { type IClientOptions, type IPublishPacket, MqttClient } from 'mqtt';
import type { Clock } from '../../core/ports/clock.ts';
import type { MessageIntake } from '../../core/ports/journal.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import type { Instant } from '../../core/units/time.ts';
import { type AckGate, createAckGate } from './ack-gate.ts';
import { BrokerUnreachable } from './broker-unreachable.ts';
import { openSocket, readMqttUrl } from './open-socket.ts';

export interface ExternalBrokerDeps {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string | Buffer;
  /** Names the persistent session on the broker; the same after a restart, different for each ingest instance. */
  readonly clientId: string;
  readonly filters?: readonly string[];
  /** More than one: as many sessions share the subscription, for brokers whose window per session is small. */
  readonly shares?: number;
  /** 5 by default: only there does the client choose its window. 4 for brokers that do not speak it. */
  readonly protocolVersion?: 4 | 5;
  readonly intake: MessageIntake;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** The link went, or is back: what was silent in between proves nothing. `lostAt` is the same instant in both. */
  readonly onLink?: (state: 'lost' | 'restored', lostAt: Instant) => void;
  /** How long `start` waits for the first subscription before it gives up. */
  readonly patience_ms?: number;
}

/** What devices say, nothing that is said to them. */
export const NATIVE_FILTERS: readonly string[] = ['telemetry', 'event', 'status', 'history'].map(
  (kind) => `relight/+/+/${kind}`,
);

/** Messages a session may have unacknowledged: at 20 ms per commit, 50,000 a second. */
const WINDOW = 1_000;
const PACKET_BYTES = 512 * 1024;
const SESSION_EXPIRY_S = 7 * 24 * 3600;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const PATIENCE_MS = 15_000;
const FAREWELL_MS = 2_000;

export interface ExternalBrokerSource extends Lifecycle {
  connected(): boolean;
  /** Messages taken and not yet acknowledged. */
  held(): number;
  /** At most once, and dropped while the link is down. */
  publish(topic: string, payload: string): void;
}

/**
 * Takes messages from a broker that is not ours, over a persistent QoS 1 session: an acknowledgement leaves only after
 * the journal has the message, so what we did not finish the broker delivers again.
 */
export function createExternalBrokerSource(deps: ExternalBrokerDeps): ExternalBrokerSource {
  const shares = Math.max(1, deps.shares ?? 1);
  const filters = (deps.filters ?? NATIVE_FILTERS).map((filter) =>
    shares === 1 ? filter : `$share/${deps.clientId}/${filter}`,
  );
  let sessions: Session[] = [];
  let lostAt: Instant | null = null;

  function linkChanged(): void {
    const up = sessions.every((session) => session.connected());
    deps.telemetry.gauge('relight_mqtt_source_connected', up ? 1 : 0);
    if (!up && lostAt === null) {
      lostAt = deps.clock.now();
      deps.log.warn('Connection to the MQTT broker lost');
      deps.onLink?.('lost', lostAt);
    } else if (up && lostAt !== null) {
      deps.log.info('Connection to the MQTT broker is back');
      deps.onLink?.('restored', lostAt);
      lostAt = null;
    }
  }

  return {
    async start() {
      const address = readMqttUrl(deps.url);
      sessions = Array.from({ length: shares }, (_, n) =>
        openSession(deps, { address, clientId: `${deps.clientId}-${n}`, filters, linkChanged }),
      );
      const patience_ms = deps.patience_ms ?? PATIENCE_MS;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          const reason = sessions.find((session) => !session.connected())?.lastError() ?? 'no answer';
          reject(
            new BrokerUnreachable(
              `The MQTT broker at ${address.host}:${address.port} cannot be used: ${reason}`,
            ),
          );
        }, patience_ms);
      });
      try {
        await Promise.race([Promise.all(sessions.map((session) => session.subscribed)), late]);
      } catch (error) {
        await Promise.all(sessions.map((session) => session.stop()));
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },

    async stop() {
      await Promise.all(sessions.map((session) => session.stop()));
    },

    connected: () => sessions.length > 0 && sessions.every((session) => session.connected()),
    publish: (topic, payload) => sessions[0]?.publish(topic, payload),
    held: () => sessions.reduce((sum, session) => sum + session.held(), 0),
  };
}

interface Session {
  readonly subscribed: Promise<void>;
  connected(): boolean;
  lastError(): string | undefined;
  held(): number;
  publish(topic: string, payload: string): void;
  stop(): Promise<void>;
}

function openSession(
  deps: ExternalBrokerDeps,
  how: {
    readonly address: ReturnType<typeof readMqttUrl>;
    readonly clientId: string;
    readonly filters: readonly string[];
    readonly linkChanged: () => void;
  },
): Session {
  const { log, telemetry } = deps;
  let gate: AckGate | null = null;
  let everSubscribed = false;
  let stopping = false;
  let underWay = 0;
  let lastError: string | undefined;

  const client = new MqttClient(
    () => {
      gate = createAckGate(openSocket(how.address, deps.ca), { held: WINDOW * 2 });
      return gate.stream;
    },
    clientOptions(deps, how.clientId),
  );

  const subscribed = new Promise<void>((resolve) => {
    client.on('connect', () => {
      client.options.reconnectPeriod = FIRST_RETRY_MS;
      // Asked for at each connect: a broker that kept the session changes nothing, and one that lost it, or had fewer
      // filters, is put right. Handling 1: stored messages come only with a subscription that is new.
      client.subscribe(
        [...how.filters],
        { qos: 1, ...(deps.protocolVersion === 4 ? {} : { rh: 1, rap: false }) },
        (error, granted) => {
          const denied = granted?.find((grant) => grant.qos >= 128);
          if (error || denied) {
            fail(`subscription refused: ${denied?.topic ?? error?.message}`);
            client.stream.destroy();
            return;
          }
          everSubscribed = true;
          how.linkChanged();
          resolve();
        },
      );
    });
  });

  client.on('error', (error) => fail(error.message));
  client.on('close', () => {
    client.options.reconnectPeriod = Math.min(LAST_RETRY_MS, (client.options.reconnectPeriod ?? 0) * 2);
    if (everSubscribed && !stopping) how.linkChanged();
  });
  client.on('message', take);

  function fail(reason: string): void {
    if (reason !== lastError) log.warn('MQTT broker', { client: how.clientId, reason });
    lastError = reason;
    telemetry.count('relight_mqtt_source_errors_total');
  }

  function take(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const current = gate;
    if (current === null) return;
    const release = current.hold(packet.qos === 0 ? null : (packet.messageId ?? null));
    // Never released: the broker hands it to our next connection.
    if (stopping) return;
    underWay += 1;
    deps.intake.accept(topic, payload, packet.retain, (error) => {
      underWay -= 1;
      if (error === undefined) {
        release();
        return;
      }
      fail(`not journaled: ${error.code}`);
      current.stream.destroy();
    });
  }

  return {
    subscribed,
    connected: () => client.connected && everSubscribed,
    lastError: () => lastError,
    held: () => gate?.held() ?? 0,
    publish(topic, payload) {
      if (client.connected) client.publish(topic, payload, { qos: 0 });
    },
    async stop() {
      stopping = true;
      const until_ms = deps.clock.monotonic() + FAREWELL_MS;
      while (client.connected && underWay > 0 && deps.clock.monotonic() < until_ms) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await client.endAsync(!client.connected);
    },
  };
}

function clientOptions(deps: ExternalBrokerDeps, clientId: string): IClientOptions {
  const protocolVersion = deps.protocolVersion ?? 5;
  return {
    clientId,
    protocolVersion,
    clean: false,
    keepalive: 30,
    reconnectPeriod: FIRST_RETRY_MS,
    connectTimeout: 10_000,
    reconnectOnConnackError: true,
    resubscribe: false,
    queueQoSZero: false,
    ...(deps.username === undefined ? {} : { username: deps.username }),
    ...(deps.password === undefined ? {} : { password: deps.password }),
    ...(protocolVersion === 5
      ? {
          properties: {
            sessionExpiryInterval: SESSION_EXPIRY_S,
            receiveMaximum: WINDOW,
            maximumPacketSize: PACKET_BYTES,
          },
        }
      : {}),
  };
}
