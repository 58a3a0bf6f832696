import { createHash, timingSafeEqual } from 'node:crypto';
import type { ChannelHook, HookAnswer, HookWorld } from '../entry/hook.ts';

/** Set in the provider's console as the addresses of "SmsReport" and "SmsUp", with the callback token in place of `:token`. */
export const ALIYUN_REPORT_PATH = '/hooks/aliyun/report/:token';
export const ALIYUN_UP_PATH = '/hooks/aliyun/up/:token';

/** Entries the provider puts into one call, at most, as far as we read it. */
const ENTRIES = 500;

interface Told {
  readonly callbackToken?: string;
}

/** The provider repeats a call until it reads this. */
const TAKEN: HookAnswer = { status: 200, json: { code: 0, msg: '接收成功' } };

/** The provider signs nothing: an address that only it was told is all the proof there is. */
export const reportHook: ChannelHook<Told> = {
  path: ALIYUN_REPORT_PATH,
  body: 'json',
  async receive({ callbackToken }, { token, body }, world) {
    if (!isToken(callbackToken, token)) return refused(world, 'relight_receipts_refused_total');
    if (!Array.isArray(body)) return { status: 400 };
    for (const entry of body.slice(0, ENTRIES)) await report(entry, world);
    return TAKEN;
  },
};

/** What people send back. */
export const upHook: ChannelHook<Told> = {
  path: ALIYUN_UP_PATH,
  body: 'json',
  async receive({ callbackToken }, { token, body }, world) {
    if (!isToken(callbackToken, token)) return refused(world, 'relight_inbound_refused_total');
    if (!Array.isArray(body)) return { status: 400 };
    for (const entry of body.slice(0, ENTRIES)) await received(entry, world);
    return TAKEN;
  },
};

async function report(entry: unknown, { clock, receipt }: HookWorld): Promise<void> {
  const id = textOf(entry, 'out_id');
  if (id === null) return;
  const delivered =
    typeof entry === 'object' && entry !== null && 'success' in entry && entry.success === true;
  const code = textOf(entry, 'err_code');
  await receipt(
    id,
    delivered ? 'delivered' : 'undelivered',
    clock.now(),
    delivered || code === null ? undefined : `aliyun_${code.replace(/[^\w.:-]/g, '')}`.slice(0, 64),
  );
}

async function received(entry: unknown, world: HookWorld): Promise<void> {
  const phone = textOf(entry, 'phone_number');
  const body = textOf(entry, 'content');
  if (phone === null || body === null) return;
  const from = e164(phone);
  if (from === null) return;
  const id = textOf(entry, 'sequence_id') ?? hash(`${phone} ${textOf(entry, 'send_time')} ${body}`);
  await world.received({ from, body, id: `aliyun-${id}` });
}

/** Mainland numbers come without their country. */
function e164(phone: string): string | null {
  if (/^1\d{10}$/.test(phone)) return `+86${phone}`;
  const digits = phone.replace(/^(\+|00)/, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : null;
}

function textOf(entry: unknown, name: string): string | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const value: unknown = Reflect.get(entry, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function isToken(expected: string | undefined, given: string): boolean {
  return expected !== undefined && timingSafeEqual(Buffer.from(hash(expected)), Buffer.from(hash(given)));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function refused({ telemetry }: HookWorld, counter: string): HookAnswer {
  telemetry.count(counter, { channel: 'aliyun' });
  return { status: 403 };
}
