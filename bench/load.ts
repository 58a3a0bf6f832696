import { connect, type Socket } from 'node:net';

/**
 * An MQTT publisher lean enough to load a broker from the same machine: raw sockets, one pre-encoded QoS 1 frame per
 * connection and window slot, patched in place. Latency runs from the write to the PUBACK.
 */
export interface LoadPlan {
  readonly port: number;
  readonly clients: readonly LoadClient[];
  /** Publishes kept in flight per connection. */
  readonly window: number;
  /** All connections together; null sends as fast as acknowledgements return. */
  readonly rate_per_s: number | null;
  readonly duration_s: number;
  readonly connectsPerSecond: number;
}

export interface LoadClient {
  readonly username: string;
  readonly password: string;
  readonly topic: string;
}

export interface LoadResult {
  readonly sent: number;
  readonly acknowledged: number;
  readonly seconds: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
  readonly cpu_us_per_message: number;
  /** Acknowledged per client, in the plan's order. */
  readonly perClient: readonly number[];
}

const PAYLOAD_HEAD = '{"ts":';
/** Eight measured values beside ts and seq; ts takes 13 digits and seq 8, so both can be patched in place. */
const PAYLOAD_TAIL =
  ',"voltage":230.4,"current":3.512,"power":808,"energy":12345.6,"frequency":50.01,"power_factor":0.981,"temperature":31.5,"rssi":-61}';
const FIRST_SEQ = 10_000_000;

interface Connection {
  readonly socket: Socket;
  readonly frames: readonly Buffer[];
  readonly tsAt: number;
  readonly seqAt: number;
  readonly sentAt: Float64Array;
  readonly free: number[];
  pending: Buffer;
  ts: number;
  seq: number;
  acknowledged: number;
}

export async function runLoad(
  plan: LoadPlan,
  onTick?: (sent: number, acknowledged: number) => void,
): Promise<LoadResult> {
  const histogram = new Uint32Array(200_000); // 0.1 ms buckets up to 20 s
  let sent = 0;
  let acknowledged = 0;
  let worst = 0;
  const over = new AbortController();

  const connections: Connection[] = [];
  for (let i = 0; i < plan.clients.length; i += 1) {
    const client = plan.clients[i];
    if (client === undefined) continue;
    connections.push(await open(plan.port, client, plan.window, onAcknowledged));
    if (i % Math.max(1, Math.floor(plan.connectsPerSecond / 50)) === 0) await pause(20);
  }

  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const ticker = onTick === undefined ? undefined : setInterval(() => onTick(sent, acknowledged), 1000);

  if (plan.rate_per_s === null) {
    for (const connection of connections) while (connection.free.length > 0) publish(connection);
    await pause(plan.duration_s * 1000);
  } else {
    await sendAtRate(plan.rate_per_s, began + plan.duration_s * 1000);
  }
  over.abort();
  const seconds = (performance.now() - began) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const graceEnd = performance.now() + 30_000;
  while (acknowledged < sent && performance.now() < graceEnd) await pause(20);
  clearInterval(ticker);
  for (const { socket } of connections) socket.destroy();

  return {
    sent,
    acknowledged,
    seconds,
    p50_ms: quantile(histogram, 0.5),
    p99_ms: quantile(histogram, 0.99),
    max_ms: worst,
    cpu_us_per_message: sent === 0 ? 0 : (cpu.user + cpu.system) / sent,
    perClient: connections.map((connection) => connection.acknowledged),
  };

  async function sendAtRate(rate: number, end: number): Promise<void> {
    let next = 0;
    while (performance.now() < end) {
      const due = Math.floor(((performance.now() - began) / 1000) * rate);
      let stuck = 0;
      while (sent < due && stuck < connections.length) {
        const connection = connections[next];
        next = (next + 1) % connections.length;
        if (connection === undefined || connection.free.length === 0) {
          stuck += 1;
          continue;
        }
        stuck = 0;
        publish(connection);
      }
      await pause(4);
    }
  }

  function publish(connection: Connection): void {
    const slot = connection.free.pop();
    const frame = slot === undefined ? undefined : connection.frames[slot];
    if (slot === undefined || frame === undefined) return;
    // A reading is known by device and millisecond: two in the same one would be one.
    connection.ts = Math.max(Date.now(), connection.ts + 1);
    writeDigits(frame, connection.tsAt, 13, connection.ts);
    writeDigits(frame, connection.seqAt, 8, connection.seq);
    connection.seq += 1;
    connection.sentAt[slot] = performance.now();
    connection.socket.write(frame);
    sent += 1;
  }

  function onAcknowledged(connection: Connection, slot: number): void {
    const took = performance.now() - (connection.sentAt[slot] ?? 0);
    worst = Math.max(worst, took);
    const bucket = Math.min(histogram.length - 1, Math.floor(took * 10));
    histogram[bucket] = (histogram[bucket] ?? 0) + 1;
    connection.acknowledged += 1;
    acknowledged += 1;
    connection.free.push(slot);
    if (!over.signal.aborted && plan.rate_per_s === null) publish(connection);
  }
}

function open(
  port: number,
  client: LoadClient,
  window: number,
  onAcknowledged: (connection: Connection, slot: number) => void,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const first = publishFrame(client.topic, 1);
    const connection: Connection = {
      socket,
      frames: Array.from({ length: window }, (_, slot) => publishFrame(client.topic, slot + 1).frame),
      tsAt: first.tsAt,
      seqAt: first.seqAt,
      sentAt: new Float64Array(window),
      free: Array.from({ length: window }, (_, slot) => slot),
      pending: Buffer.alloc(0),
      ts: 0,
      seq: FIRST_SEQ,
      acknowledged: 0,
    };
    let accepted = false;
    socket.on('error', reject);
    socket.on('connect', () => socket.write(connectFrame(client)));
    socket.on('data', (chunk: Buffer) => {
      let data = connection.pending.length === 0 ? chunk : Buffer.concat([connection.pending, chunk]);
      while (data.length >= 4) {
        if (data[0] === 0x20) {
          if (data[3] !== 0)
            return reject(new Error(`the broker refused ${client.username} with code ${data[3]}`));
          accepted = true;
          resolve(connection);
        } else if (data[0] === 0x40 && accepted) {
          onAcknowledged(connection, data.readUInt16BE(2) - 1);
        }
        data = data.subarray(4);
      }
      connection.pending = Buffer.from(data);
    });
  });
}

function connectFrame({ username, password }: LoadClient): Buffer {
  const variable = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0xc2, 0, 0]);
  return packet(0x10, Buffer.concat([variable, text(username), text(username), text(password)]));
}

function publishFrame(topic: string, packetId: number): { frame: Buffer; tsAt: number; seqAt: number } {
  const head = Buffer.concat([text(topic), Buffer.from([packetId >> 8, packetId & 0xff])]);
  const body = Buffer.from(`${PAYLOAD_HEAD}${'0'.repeat(13)},"seq":${'0'.repeat(8)}${PAYLOAD_TAIL}`);
  const frame = packet(0x32, Buffer.concat([head, body]));
  const tsAt = frame.length - body.length + PAYLOAD_HEAD.length;
  return { frame, tsAt, seqAt: tsAt + 13 + ',"seq":'.length };
}

function packet(header: number, body: Buffer): Buffer {
  const length: number[] = [];
  let rest = body.length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    length.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([header, ...length]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function writeDigits(frame: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i -= 1) {
    frame[i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

function quantile(histogram: Uint32Array, share: number): number {
  let total = 0;
  for (const count of histogram) total += count;
  let seen = 0;
  for (let bucket = 0; bucket < histogram.length; bucket += 1) {
    seen += histogram[bucket] ?? 0;
    if (seen >= total * share) return (bucket + 1) / 10;
  }
  return 0;
}

function pause(time_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time_ms));
}
