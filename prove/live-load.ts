import { connectAsync } from 'mqtt';

/** Sent within one second: spread, as meters that know nothing of each other are. */
const SLICES = 20;
/** The first board's voltage tells which second a picture shows: 200.0 V, 200.1 V and so on, over and over. */
const STEPS = 300;
export const MARKED = 'a-M1';

export interface Load {
  /** When the second that shows this text left; null for one that was never sent. */
  sentAt(text: string): number | null;
  /** Messages sent so far. */
  readonly sent: number;
  stop(): Promise<void>;
}

interface Account {
  readonly url: string;
  readonly username: string;
  readonly clientId: string;
  readonly secret: string;
}

/** Every device once a second over one gateway's connection. */
export async function startLoad(
  site: string,
  devices: readonly { readonly id: string; readonly phases?: string | undefined }[],
  { url, username, clientId, secret }: Account,
): Promise<Load> {
  const client = await connectAsync(url, { username, clientId, password: secret });
  const leftAt = new Map<string, number>();
  let second = 0;
  let slice = 0;
  let sent = 0;
  const timer = setInterval(() => {
    for (let i = slice; i < devices.length; i += SLICES) {
      const device = devices[i];
      if (device === undefined) continue;
      const ts = Date.now();
      const fields =
        device.phases === 'ABC' ? boardFields(device.id, ts) : { voltage: 219 + (i % 20) / 10, power: 400 };
      client.publish(`relight/${site}/${device.id}/telemetry`, JSON.stringify({ ts, ...fields }), { qos: 0 });
      sent += 1;
    }
    slice = (slice + 1) % SLICES;
    if (slice === 0) second += 1;
  }, 1000 / SLICES);

  function boardFields(id: string, ts: number): object {
    const volts = id === MARKED ? 200 + (second % STEPS) / 10 : 220;
    if (id === MARKED) leftAt.set(volts.toFixed(1), ts);
    return { voltage_a: volts, voltage_b: 220, voltage_c: 221, power: 90_000 };
  }

  return {
    sentAt: (text) => leftAt.get(text) ?? null,
    get sent() {
      return sent;
    },
    async stop() {
      clearInterval(timer);
      await client.endAsync(true);
    },
  };
}
