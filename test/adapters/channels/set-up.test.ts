import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createChannelDesk } from '../../../adapters/channels/set-up/desk.ts';
import { createChannelDirectory } from '../../../adapters/channels/set-up/directory.ts';
import { createAesBox } from '../../../adapters/secrets/aes-box.ts';
import { keyFromFile, keyFromText } from '../../../adapters/secrets/key-file.ts';
import { openSqliteStores } from '../../../adapters/sql/sqlite-stores.ts';
import { loadChannels } from '../../../cli/parts/load-channels.ts';
import type { Stores } from '../../../core/ports/stores.ts';
import { createLocalBus } from '../../support/alerting-world.ts';
import { createLogBook, realClock } from '../../support/quiet.ts';

const entries = await loadChannels();
const log = createLogBook();
const bus = createLocalBus();
const by = { user: 'u1', at: 0, ifVersion: 0 };
const webhook = { url: 'https://example.com/in', secret: 'a secret of sixteen or more' };

let folder: string;
let stores: Stores;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relight-set-up-'));
  stores = await openSqliteStores({ file: join(folder, 'relight.db'), log });
  await stores.migrate();
});
afterAll(async () => {
  await stores.close();
  await rm(folder, { recursive: true, force: true });
});

function process(
  key: Buffer,
  environment: ReadonlyMap<string, Readonly<Record<string, unknown>>> = new Map(),
) {
  const context = { clock: realClock, log, publicUrl: null };
  const deps = {
    entries,
    store: stores.channelSettings,
    box: createAesBox(key),
    environment,
    bus,
    log,
    context,
  };
  const directory = createChannelDirectory(deps);
  return { directory, desk: createChannelDesk(deps, directory) };
}

it('a running sender takes changed settings up without a restart, and lets go of what was deleted', async () => {
  const key = Buffer.alloc(32, 1);
  const [api, sender] = [process(key), process(key)];
  await sender.directory.start();
  expect([...sender.directory.providers.keys()]).toEqual([]);
  await api.desk.put('webhook', webhook, by);
  await expect.poll(() => [...sender.directory.providers.keys()]).toEqual(['webhook']);
  const before = sender.directory.providers.get('webhook');
  await api.desk.put('webhook', { ...webhook, timeout_ms: 500 }, { ...by, ifVersion: 1 });
  await expect.poll(() => sender.directory.providers.get('webhook') === before).toBe(false);
  await api.desk.remove('webhook', 2);
  await expect.poll(() => [...sender.directory.providers.keys()]).toEqual([]);
  await sender.directory.stop();
});

it('with another key nothing is opened, nothing shown, and somebody hears of it', async () => {
  await process(Buffer.alloc(32, 1)).desk.put('webhook', webhook, by);
  const other = process(Buffer.alloc(32, 2));
  expect(await other.desk.states()).toMatchObject([{ id: 'webhook', settings: null }]);
  expect(other.directory.providers.size).toBe(0);
  expect(JSON.stringify(log.lines)).toContain('cannot be opened');
  await other.desk.remove('webhook', 1);
});

it('what is stored wins over the environment, also of another kind that serves the same', async () => {
  const twilio = { accountSid: `AC${'0'.repeat(32)}`, authToken: 't', from: '+15005550006' };
  const one = process(Buffer.alloc(32, 1), new Map([['twilio', twilio]]));
  await one.directory.reload();
  expect(one.directory.providers.get('sms')?.id).toBe('twilio');
  const aliyun = {
    accessKeyId: 'LTAIexample',
    accessKeySecret: 'secret-of-it',
    signName: '金文',
    templates: {},
  };
  await one.desk.put('aliyun', aliyun, by);
  expect(one.directory.providers.get('sms')?.id).toBe('aliyun');
  await one.desk.remove('aliyun', 1);
  expect(one.directory.providers.get('sms')?.id).toBe('twilio');
});

it('a sealed text opens for what it was sealed for, with the key it was sealed with, unchanged', () => {
  const box = createAesBox(Buffer.alloc(32, 1));
  const sealed = box.seal('密钥', 'twilio');
  expect(box.open(sealed, 'twilio')).toBe('密钥');
  expect(box.open(sealed, 'aliyun')).toBeNull();
  expect(box.open(`${sealed.slice(0, -2)}AA`, 'twilio')).toBeNull();
  expect(createAesBox(Buffer.alloc(32, 3)).open(sealed, 'twilio')).toBeNull();
  expect(box.seal('密钥', 'twilio')).not.toBe(sealed);
});

it('the key is made once, for its owner’s eyes only', async () => {
  const path = join(folder, 'secrets.key');
  const [first, second] = await Promise.all([keyFromFile(path), keyFromFile(path)]);
  expect(first.equals(second)).toBe(true);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(keyFromText('short')).toBeNull();
});
