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
import { createAdmission } from './admission.ts';
import { createEmitter } from './emitter.ts';
import { createHeldLedger } from './held-ledger.ts';
import { createIntakeGate } from './intake-gate.ts';
import type { BrokerLimits } from './limits.ts';
import { createQuarantineNotes } from './quarantine-notes.ts';
import { createSession, type Session } from './session.ts';
import { createSignIn, isSecret } from './sign-in.ts';
import { createStrikes } from './strikes.ts';
import {
  type ExtraClient,
  extraAccess,
  type PublishVerdict,
  type SiteAccess,
  siteAccess,
} from './topic-access.ts';

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

/** MQTT 3.2.2.3 return codes. */
const UNAVAILABLE = 3;
const BAD_SECRET = 4;
const NOT_AUTHORIZED = 5;

const SWEEP_MS = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;
const DRAIN_TIMEOUT_MS = 20_000;
/**
 * aedes takes a broker whose heartbeat is three intervals old for dead and publishes the wills it keeps for it: after a
 * clock step it would declare every connected meter offline. It also arms a timer of four intervals, which must stay
 * below 2^31 ms.
 */
const HEARTBEAT_MS = 500_000_000;

type PublishDone = (error?: Error | null) => void;

/** The MQTT broker: who may connect, who may say what, and no acknowledgement before ingest has it durably. */
export function createBroker(deps: BrokerDeps): Broker {
  const { limits, log, telemetry, clock, sites } = deps;
  const now_ms = () => clock.monotonic();

  const emitter = createEmitter();
  const ledger = createHeldLedger(limits.heldTotal_bytes);
  const admission = createAdmission(limits);
  const signIn = createSignIn(deps.credentials);
  const notes = createQuarantineNotes(deps);
  const refusals = createStrikes(limits.refusedPerMinute, limits.bar_ms);
  const badSecrets = createStrikes(limits.badSecretsPerMinute, limits.bar_ms);
  const gate = createIntakeGate({
    intake: deps.intake,
    onRetry: (waiting) => telemetry.count('relight_intake_retries_total', {}, waiting),
  });
  const extras = new Map((deps.extraClients ?? []).map((client) => [client.username, client]));

  const access = new Map<string, SiteAccess>();
  const sessions = new WeakMap<Client, Session>();
  const connected = new Map<Client, Session>();
  /** Publishes that were acknowledged but go nowhere. */
  const dropped = new WeakSet<object>();
  let open = true;

  const aedes = new Aedes({
    concurrency: 0,
    mq: emitter,
    heartbeatInterval: HEARTBEAT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    drainTimeout: DRAIN_TIMEOUT_MS,
    maxClientsIdLength: 200,
    maxInflightInbound: 100,

    preConnect(client, packet, callback) {
      const session = sessions.get(client);
      const refuse = (reason: string) => {
        telemetry.count('relight_connects_refused_total', { reason });
        callback(new Error(reason), false);
      };
      if (!open || session === undefined) return refuse('closing');
      if (refusals.isBarred(packet.clientId, now_ms())) return refuse('barred');
      if (badSecrets.isBarred(`${session.address} ${packet.clientId}`, now_ms())) return refuse('barred');

      // No session outlives its connection: a command that comes hours late is worse than none, and queues for
      // absent clients would have no bound. Keepalive is watched here, because aedes would count the time in which
      // we do not read a client as its silence.
      packet.clean = true;
      session.setKeepalive(packet.keepalive ?? 0);
      packet.keepalive = 0;
      if (!admission.ask(now_ms(), () => callback(null, true))) refuse('too_many_connects');
    },

    authenticate(client, username, password, callback) {
      const refuse = (reason: string, returnCode: number) => {
        telemetry.count('relight_connects_refused_total', { reason });
        callback(Object.assign(new Error(reason), { returnCode }), false);
      };
      const session = sessions.get(client);
      if (session === undefined) return refuse('closing', UNAVAILABLE);

      admit(client.id, username ?? '', password ?? Buffer.alloc(0), session).then(
        (answer) => {
          if (answer === 'accepted') callback(null, true);
          else refuse(answer, answer === 'bad_secret' ? BAD_SECRET : NOT_AUTHORIZED);
        },
        (error: unknown) => {
          log.error('Credentials cannot be read; the client is asked to come back', { error: String(error) });
          refuse('store_unavailable', UNAVAILABLE);
        },
      );
    },

    authorizePublish(client, packet, callback) {
      const session = client === null ? undefined : sessions.get(client);
      if (client === null || session === undefined) return callback(new Error('nobody'));
      // A will is published by aedes after its connection closed; nothing else is.
      if (client.closed) publishWill(client, session, packet, callback);
      else takePublish(client, session, packet, callback);
    },

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
      if (!dropped.has(packet) && (packet.retain || emitter.hasListeners(packet.topic))) {
        Reflect.apply(deliver, aedes, [packet, client, ignore]);
      }
      if (done) setImmediate(done, null);
    },
  });

  async function admit(clientId: string, username: string, secret: Buffer, session: Session) {
    const { address } = session;
    const extra = extras.get(username);
    if (extra !== undefined) {
      if (!clientId.startsWith(username) || !isSecret(secret, Buffer.from(extra.sha256, 'hex')))
        return 'bad_secret';
      session.grant(extraAccess(extra, limits.topic_length));
      return 'accepted';
    }

    const granted = username === clientId ? accessOf(username) : null;
    if (granted === null) {
      notes.note('unknown_client', username, address, null);
      return 'unknown_client';
    }
    const [site = '', id = ''] = username.split('/');
    const answer = await signIn.check(site, id, secret, now_ms());
    if (answer === 'accepted') {
      session.grant(granted);
    } else {
      notes.note(answer, username, address, null);
      if (answer === 'bad_secret') badSecrets.strike(`${address} ${username}`, now_ms());
    }
    return answer;
  }

  function accessOf(username: string) {
    const slash = username.indexOf('/');
    if (slash < 0) return null;
    const siteId = username.slice(0, slash);
    const stored = sites.get(siteId);
    if (stored === undefined) return null;
    let site = access.get(siteId);
    if (site === undefined) {
      site = siteAccess(stored.site, limits.topic_length);
      access.set(siteId, site);
    }
    return site.of(username.slice(slash + 1));
  }

  function takePublish(client: Client, session: Session, packet: PublishPacket, callback: PublishDone): void {
    const { payload, bytes } = bytesOf(packet);
    session.hold(bytes);
    const acknowledge = () => {
      if (session.isClosed()) return;
      callback(null);
      session.release(bytes);
    };
    const delayed = session.pace(() => {
      // Not called back once closing: unacknowledged, the client sends it again to whoever comes after us.
      if (!open) return;
      const verdict = judge(session, packet);
      if (verdict === 'intake') {
        gate.accept(packet.topic, payload, () => !session.isClosed(), acknowledge);
      } else {
        if (verdict !== 'relay') refusePublish(client, session, packet, verdict, payload);
        setImmediate(acknowledge);
      }
    });
    if (delayed) telemetry.count('relight_publishes_delayed_total');
  }

  function publishWill(client: Client, session: Session, packet: PublishPacket, callback: PublishDone): void {
    const verdict = judge(session, packet);
    if (!open) {
      callback(new Error('closing'));
    } else if (verdict === 'relay') {
      callback(null);
    } else if (verdict === 'intake') {
      const forever = () => true;
      gate.accept(packet.topic, bytesOf(packet).payload, forever, () => callback(null));
    } else {
      countRefusal(client, verdict, packet.topic);
      callback(new Error(verdict));
    }
  }

  function judge(session: Session, packet: PublishPacket): PublishVerdict {
    const rights = session.access();
    if (rights === null) return 'not_yours';
    if (packet.retain && !rights.mayRetain(packet.topic)) packet.retain = false;
    return rights.mayPublish(packet.topic);
  }

  function refusePublish(
    client: Client,
    session: Session,
    packet: PublishPacket,
    reason: Exclude<PublishVerdict, 'intake' | 'relay'>,
    payload: Uint8Array,
  ): void {
    dropped.add(packet);
    countRefusal(client, reason, packet.topic);
    if (reason === 'unknown_device') notes.note('unknown_device', packet.topic, session.address, payload);
    if (!refusals.strike(client.id, now_ms())) return;
    telemetry.count('relight_clients_barred_total');
    log.warn('A client keeps publishing what it may not, and is barred', { client: client.id, reason });
    session.destroy();
  }

  function countRefusal(client: Client, reason: string, topic: string): void {
    telemetry.count('relight_publishes_refused_total', { reason });
    log.debug('Publish refused', { client: client.id, reason, topic: topic.slice(0, 200) });
  }

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

  function sweep(): void {
    for (const session of connected.values()) {
      if (session.isDead()) session.destroy();
      else session.readOn();
    }
    telemetry.gauge('relight_broker_connections', aedes.connectedClients);
    telemetry.gauge('relight_publishes_held', ledger.messages());
  }

  function siteChanged(siteId: string): void {
    access.delete(siteId);
    for (const [client, session] of connected) {
      if (session.access() === null || extras.has(client.id) || !client.id.startsWith(`${siteId}/`)) continue;
      const granted = accessOf(client.id);
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
    admission.stop();
    gate.stop();
    const servers = [plain, secure].filter((server) => server !== null);
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const session of connected.values()) session.destroy();
    if (!aedes.closed) await new Promise<void>((resolve) => aedes.close(resolve));
    await Promise.all(closed);
  }

  return {
    async start() {
      aedes.on('clientError', (client, error) =>
        log.debug('Connection ended with an error', { client: client.id, error: error.message }),
      );
      aedes.on('connectionError', (_client, error) =>
        log.debug('Connection ended before sign-in', { error: error.message }),
      );
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
      signIn.forget(site, id);
      for (const [client, session] of connected) if (client.id === `${site}/${id}`) session.destroy();
    },
  };
}

function bytesOf(packet: PublishPacket): { payload: Uint8Array; bytes: number } {
  const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
  return { payload, bytes: payload.length + packet.topic.length };
}

function portOf(server: Server | null): number | null {
  const address = server?.address() ?? null;
  return address === null || typeof address === 'string' ? null : address.port;
}

function listen(server: Server, host: string, port: number, connections: number): Promise<void> {
  server.maxConnections = connections;
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? 'is already in use; choose another port'
          : `cannot be opened (${cause.code})`;
      reject(new Error(`MQTT port ${port} on ${host} ${why}`, { cause }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      server.on('error', () => {});
      resolve();
    });
  });
}

function ignore(): void {}
