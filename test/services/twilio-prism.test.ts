import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import twilioEntry from '../../adapters/channels/twilio.ts';
import voiceEntry from '../../adapters/channels/twilio-voice.ts';
import type { Channel } from '../../core/ports/channel.ts';
import { createLogBook, realClock } from '../support/quiet.ts';
import { createTwilioDouble, type TwilioDouble } from '../support/twilio-double.ts';

/** Run by npx and not installed with the rest: 90 MB and 185 packages for one test. */
const PRISM = '@stoplight/prism-cli@5.14.2';
const START_MS = 240_000;

const description = fileURLToPath(
  new URL('../../../shared/data/twilio/twilio_api_v2010.json', import.meta.url),
);
const present = existsSync(description);
if (!present) console.warn(`skipped: Twilio's API description is not at ${description}`);

/**
 * Twilio's own API description between the adapter and the double: a request or an answer that does not follow it is
 * turned into an error by the validator.
 */
describe.skipIf(!present)('against Twilio’s API description', () => {
  let double: TwilioDouble;
  let prism: ChildProcess;
  let url: string;

  beforeAll(async () => {
    double = await createTwilioDouble();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const options = ['proxy', '--errors', '-h', '127.0.0.1', '-p', String(port), description, double.url];
    prism = spawn('npx', ['--yes', PRISM, ...options], { detached: true, stdio: 'ignore' });
    await answering(url, prism);
  }, START_MS);

  afterAll(async () => {
    // npx starts a process of its own: the group goes together.
    if (prism.pid !== undefined && prism.exitCode === null) process.kill(-prism.pid, 'SIGKILL');
    await double.close();
  });

  function open(over: Record<string, unknown> = {}): Channel {
    const opened = twilioEntry.open(
      {
        accountSid: double.accountSid,
        authToken: double.authToken,
        from: '+15005550006',
        baseUrl: url,
        ...over,
      },
      { clock: realClock, log: createLogBook(), publicUrl: 'https://power.example' },
    );
    if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
    return opened.channel;
  }

  const message = {
    to: '+8613800001234',
    body: '【金文大厦】7栋1201停电。编号B4C5D6E7-1',
    language: 'zh-CN' as const,
  };
  const send = (channel: Channel, given = message) => channel.send(given, AbortSignal.timeout(20_000));

  it('a message by number is valid, and so is what the double answers', async () => {
    expect(await send(open())).toEqual({
      outcome: 'accepted',
      providerId: double.accepted.at(-1)?.sid,
      segments: 1,
    });
    expect(double.accepted.at(-1)?.form.StatusCallback).toBe('https://power.example/hooks/twilio/status');
  });

  it('a message by messaging service is valid', async () => {
    expect(await send(open({ messagingServiceSid: `MG${'ab'.repeat(16)}` }))).toMatchObject({
      outcome: 'accepted',
    });
  });

  it('the look-up of what was sent is valid, and finds it', async () => {
    const before = Date.now();
    const looked = { ...message, body: 'looked up. Ref B4C5D6E7-2' };
    await send(open(), looked);
    expect(await open().findSent?.(looked, before)).toMatchObject([
      { providerId: double.accepted.at(-1)?.sid },
    ]);
  });

  it('a call is valid, with what is said, for how long it rings and where to report', async () => {
    const { accountSid, authToken } = double;
    const settings = { accountSid, authToken, from: '+15005550006', ring_s: 40, baseUrl: url };
    const context = { clock: realClock, log: createLogBook(), publicUrl: 'https://power.example' };
    const opened = voiceEntry.open(settings, context);
    if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
    expect(await send(opened.channel)).toMatchObject({ outcome: 'accepted', segments: 1 });
    expect(double.calls.at(-1)).toMatchObject({
      To: message.to,
      Timeout: '40',
      StatusCallback: 'https://power.example/hooks/twilio/call',
    });
  });

  it('the validator is awake: a request without a recipient does not pass', async () => {
    const taken = double.accepted.length;
    const response = await fetch(`${url}/2010-04-01/Accounts/${double.accountSid}/Messages.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${double.accountSid}:${double.authToken}`)}` },
      body: new URLSearchParams({ Body: 'x' }),
    });
    expect(response.status).toBe(422);
    expect(double.accepted).toHaveLength(taken);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`the validator ended with code ${child.exitCode}; is the package registry reachable?`);
}
