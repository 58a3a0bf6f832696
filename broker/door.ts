import type { AedesOptions, Client } from 'aedes';
import type { Clock } from '../core/ports/clock.ts';
import type { CredentialStore } from '../core/ports/device-access.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import type { AccessDirectory } from './access-directory.ts';
import { createAdmission } from './admission.ts';
import type { BrokerLimits } from './limits.ts';
import type { QuarantineNotes } from './quarantine-notes.ts';
import type { Session } from './session.ts';
import { createSignIn, isSecret } from './sign-in.ts';
import { createStrikes } from './strikes.ts';
import { type ExtraClient, extraAccess } from './topic-access.ts';

/** MQTT 3.2.2.3 return codes. */
const UNAVAILABLE = 3;
const BAD_SECRET = 4;
const NOT_AUTHORIZED = 5;

export interface DoorDeps {
  readonly limits: BrokerLimits;
  readonly credentials: CredentialStore;
  readonly extraClients: ReadonlyMap<string, ExtraClient>;
  readonly access: AccessDirectory;
  readonly notes: QuarantineNotes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly sessionOf: (client: Client) => Session | undefined;
  readonly isOpen: () => boolean;
  /** Barred for what it published. */
  readonly isBarred: (clientId: string) => boolean;
}

/** A sign-in that was refused and counted; aedes reports it once more as an error of the connection. */
export class ConnectRefused extends Error {}

/** Who is let in: bars, rate of connects, name and secret. */
export function createDoor(deps: DoorDeps) {
  const { limits, log, telemetry, access, notes } = deps;
  const now_ms = () => deps.clock.monotonic();
  const admission = createAdmission(limits);
  const signIn = createSignIn(deps.credentials);
  const badSecrets = createStrikes(limits.badSecretsPerMinute, limits.bar_ms);

  const countRefusal = (reason: string) => telemetry.count('relight_connects_refused_total', { reason });

  const preConnect: NonNullable<AedesOptions['preConnect']> = (client, packet, callback) => {
    const session = deps.sessionOf(client);
    const refuse = (reason: string) => {
      countRefusal(reason);
      callback(new ConnectRefused(reason), false);
    };
    if (!deps.isOpen() || session === undefined) return refuse('closing');
    if (deps.isBarred(packet.clientId)) return refuse('barred');
    if (badSecrets.isBarred(`${session.address} ${packet.clientId}`, now_ms())) return refuse('barred');

    // No session outlives its connection: a command that comes hours late is worse than none, and queues for
    // absent clients would have no bound. Keepalive is watched by the session, because aedes would count the time
    // in which we do not read a client as its silence.
    packet.clean = true;
    session.setKeepalive(packet.keepalive ?? 0);
    packet.keepalive = 0;
    if (!admission.ask(now_ms(), () => callback(null, true))) refuse('too_many_connects');
  };

  const authenticate: NonNullable<AedesOptions['authenticate']> = (client, username, password, callback) => {
    const refuse = (reason: string, returnCode: number) => {
      countRefusal(reason);
      callback(Object.assign(new ConnectRefused(reason), { returnCode }), false);
    };
    const session = deps.sessionOf(client);
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
  };

  async function admit(clientId: string, username: string, secret: Buffer, session: Session) {
    const extra = deps.extraClients.get(username);
    if (extra !== undefined) return admitExtra(extra, clientId, secret, session);

    const { address } = session;
    const [site = '', id = ''] = username.split('/');
    const known = username === clientId && access.of(username) !== null;
    const answer = known ? await signIn.check(site, id, secret, now_ms()) : 'unknown_client';
    // Asked again: the site may have changed while the store was read.
    const granted = access.of(username);
    if (answer === 'accepted' && granted !== null) {
      session.grant(granted);
      return answer;
    }
    const refused = answer === 'accepted' ? 'unknown_client' : answer;
    notes.note(refused, username, address, null);
    if (refused === 'bad_secret') badSecrets.strike(`${address} ${username}`, now_ms());
    return refused;
  }

  function admitExtra(extra: ExtraClient, clientId: string, secret: Buffer, session: Session) {
    const known = clientId.startsWith(extra.username) && isSecret(secret, Buffer.from(extra.sha256, 'hex'));
    if (!known) return 'bad_secret' as const;
    session.grant(extraAccess(extra, limits.topic_length));
    return 'accepted' as const;
  }

  return { preConnect, authenticate, forget: signIn.forget, stop: admission.stop };
}
