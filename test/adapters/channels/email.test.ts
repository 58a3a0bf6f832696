import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import emailEntry from '../../../adapters/channels/email.ts';
import type { Channel } from '../../../core/ports/channel.ts';
import { createLogBook, realClock } from '../../support/quiet.ts';

const message = {
  to: 'owner@example.com',
  body: '【金文大厦】7栋1201停电。编号B4C5D6E7-1',
  language: 'zh-CN',
  key: '0190-delivery',
} as const;

let server: SMTPServer | undefined;
afterEach(() => new Promise<void>((done) => (server === undefined ? done() : server.close(() => done()))));

async function serve(
  options: ConstructorParameters<typeof SMTPServer>[0],
): Promise<{ port: number; mails: string[] }> {
  const mails: string[] = [];
  server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    onData(stream, _session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails };
}

function open(port: number, over: Record<string, unknown> = {}): Channel {
  const settings = {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'power@relight.example',
    fromName: '金文物业',
    timeout_ms: 800,
    ...over,
  };
  const opened = emailEntry.open(settings, { clock: realClock, log: createLogBook(), publicUrl: null });
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  return opened.channel;
}

const send = (channel: Channel, to: string = message.to) =>
  channel.send({ ...message, to }, AbortSignal.timeout(3_000));

const smtpError = (responseCode: number) => Object.assign(new Error('no'), { responseCode });

describe('over a real mail server', () => {
  it('hands the message over with an id of ours, readable in Chinese', async () => {
    const { port, mails } = await serve({});
    expect(await send(open(port))).toEqual({
      outcome: 'accepted',
      providerId: '<0190-delivery@relight.example>',
      segments: 1,
    });
    const [mail = ''] = mails;
    expect(mail).toContain('Message-ID: <0190-delivery@relight.example>');
    expect(mail).toContain('To: owner@example.com');
    const text = mail.slice(mail.indexOf('\r\n\r\n')).replace(/=\r\n/g, '');
    const read = /base64/i.test(mail)
      ? Buffer.from(text, 'base64').toString('utf8')
      : Buffer.from(
          text.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        ).toString('utf8');
    expect(read).toContain(message.body);
  });

  it('an address the server does not know is refused, one it defers is tried later, and the address is in no detail', async () => {
    for (const [status, outcome] of [
      [550, 'refused'],
      [451, 'later'],
    ] as const) {
      const { port } = await serve({ onRcptTo: (_address, _session, done) => done(smtpError(status)) });
      const got = await send(open(port));
      expect(got).toMatchObject({ outcome });
      expect(JSON.stringify(got)).not.toContain('owner@');
      await new Promise<void>((done) => server?.close(() => done()));
    }
  });

  it('a wrong password is the account’s fault, not the message’s', async () => {
    const { port } = await serve({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(smtpError(535)),
    });
    expect(await send(open(port, { user: 'u', password: 'p' }))).toMatchObject({
      outcome: 'later',
      code: 'account',
    });
  });

  it('silence after the text was handed over is not knowing', async () => {
    const { port } = await serve({ onData: (stream) => void stream.resume() });
    expect(await send(open(port))).toMatchObject({ outcome: 'unknown', code: 'no_answer' });
  });

  it('nobody listening is later', async () => {
    const { port } = await serve({});
    await new Promise<void>((done) => server?.close(() => done()));
    expect(await send(open(port))).toMatchObject({ outcome: 'later', code: 'unreachable' });
  });

  it('another header cannot be smuggled in by an address', async () => {
    const { port, mails } = await serve({});
    expect(await send(open(port), 'a@b.c\r\nBcc: x@y.z')).toMatchObject({
      outcome: 'refused',
      code: 'bad_address',
    });
    expect(mails).toEqual([]);
  });
});

it('goes unencrypted to this machine only', async () => {
  expect(await send(open(25, { host: '192.0.2.1' }))).toMatchObject({ outcome: 'later', code: 'account' });
});
