import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import type { Clock } from '../core/ports/clock.ts';
import type { CredentialStore, Quarantine } from '../core/ports/device-access.ts';
import type { MessageIntake } from '../core/ports/journal.ts';
import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { SiteDirectory } from '../core/ports/site-directory.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import { createAccessDirectory } from './access-directory.ts';
import { ConnectRefused, createDoor } from './door.ts';
import { createEmitter } from './emitter.ts';
import { createHeldLedger } from './held-ledger.ts';
import type { BrokerLimits } from './limits.ts';
import { listen, portOf } from './listen.ts';
import { createPublishing, type PublishDone } from './publishing.ts';
import { createQuarantineNotes } from './quarantine-notes.ts';
import { createSession, type Session } from './session.ts';
import type { ExtraClient } from './topic-access.ts';

export interface BrokerDeps {
  readonly host: string;
  /** 0 takes a free one; null opens no unencrypted port. */
  readonly port: number | null;
  readonly tls?: { readonly port: number; readonly cert: string | Buffer; readonly key: string | Buffer };
  readonly limits: BrokerLimits;
  readonly intake: MessageIntake;
  readonly credentials: CredentialStore;
  readonly quarantine: Quarantine;
  readonly sites: SiteDirectory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly extraClients?: readonly ExtraClient[];
}

export interface PublishOptions {
  readonly qos?: 0 | 1;
  readonly retain?: boolean;
}

export interface Broker extends Lifecycle {
  address(): { readonly port: number | null; readonly tlsPort: number | null };
  /** Clients signed in. */
  connections(): number;
  /** Sends to subscribers; never to ingest. */
  publish(topic: string, payload: string | Uint8Array, options?: PublishOptions): void;
  /**
   * From now on nothing reaches ingest and nothing is acknowledged: call it before ingest stops. What clients sent in
   * between they send again; the wills of the connections that `stop` ends become no evidence.
   */
  closing(): void;
  /** A secret was set or removed: the next sign-in reads it afresh, and the present connection ends. */
  credentialChanged(site: string, id: string): void;
}

const SWEEP_MS = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;
const DRAIN_TIMEOUT_MS = 20_000;
/**
 * aedes takes a broker whose heartbeat is three intervals old for dead and publishes the wills it keeps for it: after a
 * clock step it would declare every connected meter offline. It also arms a timer of four intervals, which must stay
 * below 2^31 ms.
 */
const HEARTBEAT_MS = 500_000_000;

/** The MQTT broker: who may connect, who may say what, and no acknowledgement before ingest has it durably. */
export function createBroker(deps: BrokerDeps): Broker {
  const { limits, log, telemetry, clock, sites } = deps;
  const now_ms = () => clock.monotonic();

  const emitter = createEmitter();
  const ledger = createHeldLedger(limits.heldTotal_bytes);
  const access = createAccessDirectory(sites, limits.topic_length);
  const notes = createQuarantineNotes(deps);
  const extraClients = new Map((deps.extraClients ?? []).map((client) => [client.username, client]));
  const sessions = new WeakMap<Client, Session>();
  const connected = new Map<Client, Session>();
  let open = true;

  const sessionOf = (client: Client) => sessions.get(client);
  const isOpen = () => open;
  const publishing = createPublishing({ ...deps, notes, sessionOf, isOpen });
  const { isBarred } = publishing;
  const door = createDoor({ ...deps, access, notes, extraClients, sessionOf, isOpen, isBarred });

  const aedes = new Aedes({
    concurrency: 0,
    mq: emitter,
    heartbeatInterval: HEARTBEAT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    drainTimeout: DRAIN_TIMEOUT_MS,
    maxClientsIdLength: 200,
    maxInflightInbound: 100,

    preConnect: door.preConnect,
    authenticate: door.authenticate,
    authorizePublish: publishing.authorizePublish,

    authorizeSubscribe(client, subscription, callback) {
      const allowed = sessions.get(client)?.access()?.maySubscribe(subscription.topic) ?? false;
      if (!allowed) telemetry.count('relight_subscribes_refused_total');
      callback(null, allowed ? subscription : null);
    },

    authorizeForward(client, packet) {
      const session = sessions.get(client);
      if (session === undefined) return null;
      if (session.mayQueue(packet.topic.length + packet.payload.length)) return packet;
      telemetry.count('relight_slow_consumers_total');
      log.warn('A subscriber reads too slowly and is disconnected', { client: client.id });
      session.destroy();
      return null;
    },
  });

  /**
   * aedes' way costs as much again as the rest of a message's path: taken only by what somebody listens to or what is
   * kept. The publisher does not wait for its subscribers; a slow one is disconnected instead.
   */
  const deliver = Aedes.prototype.publish.bind(aedes);
  Object.defineProperty(aedes, 'publish', {
    value(packet: PublishPacket, second: Client | null | PublishDone, third?: PublishDone) {
      const client = typeof second === 'function' ? null : second;
      const done = typeof second === 'function' ? second : third;
      if (!publishing.isDropped(packet) && (packet.retain || emitter.hasListeners(packet.topic))) {
        Reflect.apply(deliver, aedes, [packet, client, ignore]);
      }
      if (done) setImmediate(done, null);
    },
  });

  function greet(socket: Socket): void {
    socket.setKeepAlive(true, 60_000);
    const client = aedes.handle(socket);
    const session = createSession({
      socket,
      limits,
      ledger,
      now_ms,
      onTooLarge: () => telemetry.count('relight_packets_too_large_total'),
    });
    sessions.set(client, session);
    connected.set(client, session);
    socket.once('close', () => {
      connected.delete(client);
      session.close();
    });
  }

  function countBroken(error: Error, client: string | null): void {
    if (error instanceof ConnectRefused) return;
    telemetry.count('relight_connections_broken_total', { reason: brokenBy(error) });
    log.debug('Connection ended with an error', { client, error: error.message });
  }

  function sweep(): void {
    for (const session of connected.values()) {
      if (session.isDead()) session.destroy();
      else session.readOn();
    }
    telemetry.gauge('relight_broker_connections', aedes.connectedClients);
    telemetry.gauge('relight_publishes_held', ledger.messages());
  }

  function siteChanged(siteId: string): void {
    access.siteChanged(siteId);
    for (const [client, session] of connected) {
      if (session.access() === null || extraClients.has(client.id) || !client.id.startsWith(`${siteId}/`))
        continue;
      const granted = access.of(client.id);
      if (granted === null) session.destroy();
      else session.grant(granted);
    }
  }

  let plain: Server | null = null;
  let secure: Server | null = null;
  let sweeper: ReturnType<typeof setInterval> | undefined;
  let unwatch: (() => void) | undefined;

  async function openPorts(): Promise<void> {
    const countDrop = () => telemetry.count('relight_connects_refused_total', { reason: 'full' });
    if (deps.port !== null) {
      plain = createServer({ noDelay: true }, greet).on('drop', countDrop);
      await listen(plain, deps.host, deps.port, limits.connections);
    }
    if (deps.tls) {
      const { cert, key, port } = deps.tls;
      secure = createTlsServer({ cert, key, noDelay: true, handshakeTimeout: CONNECT_TIMEOUT_MS }, greet);
      secure.on('drop', countDrop);
      secure.on('tlsClientError', () => telemetry.count('relight_connects_refused_total', { reason: 'tls' }));
      await listen(secure, deps.host, port, limits.connections);
    }
  }

  async function stop(): Promise<void> {
    open = false;
    clearInterval(sweeper);
    unwatch?.();
    door.stop();
    publishing.stop();
    const servers = [plain, secure].filter((server) => server !== null);
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const session of connected.values()) session.destroy();
    if (!aedes.closed) await new Promise<void>((resolve) => aedes.close(resolve));
    await Promise.all(closed);
  }

  return {
    async start() {
      aedes.on('clientError', (client, error) => countBroken(error, client.id));
      aedes.on('connectionError', (_client, error) => countBroken(error, null));
      aedes.addListener('error', (error: unknown) => log.error('Broker', { error: String(error) }));
      await aedes.listen();
      unwatch = sites.onChange(siteChanged);
      sweeper = setInterval(sweep, SWEEP_MS);
      try {
        await openPorts();
      } catch (error) {
        await stop();
        throw error;
      }
    },

    stop,

    address: () => ({ port: portOf(plain), tlsPort: portOf(secure) }),
    connections: () => aedes.connectedClients ?? 0,

    publish(topic, payload, options = {}) {
      const packet: PublishPacket = {
        cmd: 'publish',
        topic,
        payload: Buffer.from(payload),
        qos: options.qos ?? 0,
        retain: options.retain ?? false,
        dup: false,
      };
      aedes.publish(packet, ignore);
    },

    closing() {
      open = false;
    },

    credentialChanged(site, id) {
      door.forget(site, id);
      for (const [client, session] of connected) if (client.id === `${site}/${id}`) session.destroy();
    },
  };
}

function ignore(): void {}

/** What aedes and its parser say by the shape of their errors. */
function brokenBy(error: Error): 'socket' | 'unsupported_connect' | 'out_of_place' | 'malformed_packet' {
  if ('code' in error) return 'socket';
  if ('errorCode' in error) return 'unsupported_connect';
  return 'info' in error ? 'out_of_place' : 'malformed_packet';
}
