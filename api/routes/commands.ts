import { createHash } from 'node:crypto';
import type { CommandAccepted } from '../../contracts/http/common.ts';
import type { Command } from '../../core/incidents/engine.ts';
import type { SignedIn } from '../access/sessions.ts';
import { type Context, record, userOf } from '../context.ts';

interface CommandRequest {
  readonly signedIn: SignedIn | null;
  readonly headers: { readonly 'idempotency-key': string };
  readonly body?: unknown;
  readonly url: string;
}

/** Puts a person's command on its durable way to the journal; a repeat with the same key is the same command. */
export async function sendCommand(
  context: Context,
  request: CommandRequest,
  site: string,
  command: Command,
  subject: string,
): Promise<CommandAccepted> {
  const user = userOf(request);
  // Another person's or another request's use of the same key is not a repeat.
  const requestHash = createHash('sha256')
    .update(JSON.stringify([request.url, request.body ?? null]))
    .digest('hex');
  const key = `${user.id}:${request.headers['idempotency-key']}:${requestHash.slice(0, 32)}`;
  const id = await context.stores.commands.add(site, command, user.id, context.clock.now(), key);
  await record(context, request, {
    site,
    action: `command.${command.type}`,
    subject,
    detail: { command: id },
  });
  context.bus.publish('command', { site, command });
  return { command: id };
}
