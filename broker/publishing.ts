import type { AedesOptions, Client, PublishPacket } from 'aedes';
import type { Clock } from '../core/ports/clock.ts';
import type { MessageIntake } from '../core/ports/journal.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import { createIntakeGate } from './intake-gate.ts';
import type { BrokerLimits } from './limits.ts';
import type { QuarantineNotes } from './quarantine-notes.ts';
import type { Session } from './session.ts';
import { createStrikes } from './strikes.ts';
import type { PublishVerdict } from './topic-access.ts';

export type PublishDone = (error?: Error | null) => void;

export interface PublishingDeps {
  readonly limits: BrokerLimits;
  readonly intake: MessageIntake;
  readonly notes: QuarantineNotes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly sessionOf: (client: Client) => Session | undefined;
  readonly isOpen: () => boolean;
}

/** What becomes of a publish before it is acknowledged: paced, judged, made durable by ingest. */
export function createPublishing(deps: PublishingDeps) {
  const { log, telemetry, notes } = deps;
  const now_ms = () => deps.clock.monotonic();
  const refusals = createStrikes(deps.limits.refusedPerMinute, deps.limits.bar_ms);
  const gate = createIntakeGate({
    intake: deps.intake,
    onRetry: (waiting) => telemetry.count('relight_intake_retries_total', {}, waiting),
  });
  /** Publishes that were acknowledged but go nowhere. */
  const dropped = new WeakSet<object>();

  const authorizePublish: NonNullable<AedesOptions['authorizePublish']> = (client, packet, callback) => {
    const session = client === null ? undefined : deps.sessionOf(client);
    if (client === null || session === undefined) callback(new Error('nobody'));
    // A will is published by aedes after its connection closed; nothing else is.
    else if (client.closed) publishWill(client, session, packet, callback);
    else takePublish(client, session, packet, callback);
  };

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
      if (!deps.isOpen()) return;
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
    if (!deps.isOpen()) {
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

  return {
    authorizePublish,
    isDropped: (packet: PublishPacket) => dropped.has(packet),
    isBarred: (clientId: string) => refusals.isBarred(clientId, now_ms()),
    stop: gate.stop,
  };
}

function bytesOf(packet: PublishPacket): { payload: Uint8Array; bytes: number } {
  const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
  return { payload, bytes: payload.length + packet.topic.length };
}
