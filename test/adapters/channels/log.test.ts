import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import logEntry from '../../../adapters/channels/log.ts';
import type { Channel, OutgoingMessage } from '../../../core/ports/channel.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => 1_767_225_600_000, monotonic: () => 0 };
const message: OutgoingMessage = {
  to: '+8613800001234',
  body: '【金文大厦】7栋1201停电。咨询0571-88880000。编号B4C5D6E7-1',
  language: 'zh-CN',
};
const signal = new AbortController().signal;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relight-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

function open(over: Record<string, unknown> = {}): Channel {
  const opened = logEntry.open(
    { file: join(folder, 'sub', 'messages.jsonl'), ...over },
    { clock, log: silent, publicUrl: null },
  );
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  return opened.channel;
}

const file = (): Promise<string> => readFile(join(folder, 'sub', 'messages.jsonl'), 'utf8');

it('writes one line per message without number or body, readable by its owner only', async () => {
  const outcome = await open().send(message, signal);
  const text = await file();
  expect(JSON.parse(text)).toEqual({
    at: '2026-01-01T00:00:00.000Z',
    id: outcome.outcome === 'accepted' ? outcome.providerId : '',
    to: '+86138****1234',
    language: 'zh-CN',
    encoding: 'ucs-2',
    segments: 1,
    body: '…编号B4C5D6E7-1',
  });
  expect(text).not.toContain('8613800001234');
  expect(text).not.toContain('1201');
  expect((await stat(join(folder, 'sub', 'messages.jsonl'))).mode & 0o777).toBe(0o600);
});

it('writes whole bodies only when told to', async () => {
  await open({ bodies: true }).send(message, signal);
  expect(await file()).toContain(message.body);
});

it('finds a message again after a restart by recipient and exact body, skipping a line cut short', async () => {
  await open().send(message, signal);
  await writeFile(join(folder, 'sub', 'messages.jsonl'), `${await file()}{"at":"2026-01-01T00:0`, {
    flag: 'w',
  });
  const later = open();
  const outcome = await later.send(message, signal);
  expect(await later.findSent?.({ ...message, body: 'other' }, 0)).toEqual([]);
  expect(await later.findSent?.({ ...message, to: '+8613800001235' }, 0)).toEqual([]);
  const found = (await later.findSent?.(message, 0)) ?? [];
  expect(found).toHaveLength(2);
  expect(found[0]?.providerId).toBe(outcome.outcome === 'accepted' ? outcome.providerId : '');
});

it('keeps the number and size of its files bounded and loses no recent line', async () => {
  const channel = open({ maxBytes: 1024, files: 3 });
  for (let n = 0; n < 60; n += 1) await channel.send({ ...message, body: `message ${n}` }, signal);
  const names = (await readdir(join(folder, 'sub'))).sort();
  expect(names).toEqual(['messages.jsonl', 'messages.jsonl.1', 'messages.jsonl.2']);
  for (const name of names) expect((await stat(join(folder, 'sub', name))).size).toBeLessThan(1024 + 300);
  expect(await channel.findSent?.({ ...message, body: 'message 59' }, 0)).toHaveLength(1);
  expect(await channel.findSent?.({ ...message, body: 'message 0' }, 0)).toHaveLength(0);
});

it('writes 500 messages handed over at once, each on a line of its own', async () => {
  const channel = open();
  const outcomes = await Promise.all(
    Array.from({ length: 500 }, (_, n) => channel.send({ ...message, body: `m ${n}` }, signal)),
  );
  expect(outcomes.every((outcome) => outcome.outcome === 'accepted')).toBe(true);
  const lines = (await file()).trimEnd().split('\n');
  expect(new Set(lines.map((line) => JSON.parse(line).id)).size).toBe(500);
});

it('asks to be tried again when its file cannot be written', async () => {
  await writeFile(join(folder, 'blocked'), '');
  const outcome = await open({ file: join(folder, 'blocked', 'messages.jsonl') }).send(message, signal);
  expect(outcome).toMatchObject({ outcome: 'later', code: 'log_failed' });
});
