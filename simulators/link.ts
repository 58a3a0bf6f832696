import { connect, type IClientOptions, type MqttClient } from 'mqtt';

/** Messages that wait for a broker; the oldest goes first when there are more. */
const QUEUE_MAX = 2_000;
/** Sent and not yet acknowledged at any time. */
const WINDOW = 32;
/** A broker that acknowledges nothing for so long is taken for dead, however open its socket. */
const ACK_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 10_000;
/** A broker notices a client that fell silent after one and a half of these. */
const KEEPALIVE_S = 30;

export interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly retain?: boolean;
}

export interface LinkOptions {
  readonly url: string;
  /** Client id and user name. */
  readonly client: string;
  readonly secret: string | undefined;
  /** Published on every connect, before anything else. */
  readonly birth?: Message;
  readonly will?: Message;
  readonly subscribe: readonly string[];
  /** In [0, 1); spreads retries and connects. */
  readonly random: () => number;
  onMessage(topic: string, payload: Uint8Array): void;
  /** The broker has confirmed a message that was sent with `send`. */
  onAcknowledged?(message: Message): void;
}

export interface LinkCounts {
  sent: number;
  acknowledged: number;
  /** Pushed out of a full queue. */
  dropped: number;
  connects: number;
}

/**
 * One MQTT connection of a device, gateway or the simulator itself. Whatever the broker did not acknowledge is sent again
 * on the next connection, in order, so that a broker may die at any moment and lose nothing it has not confirmed.
 */
export interface Link {
  /** Queues one QoS 1 message. */
  send(message: Message): void;
  /** Supply or line came back: connects after `delay_ms`. */
  up(delay_ms: number): void;
  /**
   * Supply is gone: nothing is said any more, what was queued is lost, and the socket stays open until the broker has
   * missed it, as a dead box sends no FIN.
   */
  die(): void;
  /** The line is cut: the same silence, but the queue stays. */
  cut(): void;
  isConnected(): boolean;
  readonly counts: LinkCounts;
  stop(): Promise<void>;
}

export function createLink(options: LinkOptions): Link {
  const counts: LinkCounts = { sent: 0, acknowledged: 0, dropped: 0, connects: 0 };
  let queue: Message[] = [];
  /** How many at the head of the queue are under way on the present connection. */
  let underWay = 0;
  let acknowledged = new Set<Message>();
  let client: MqttClient | null = null;
  let wanted = false;
  let retry_ms = RETRY_MIN_MS;
  let timer: NodeJS.Timeout | undefined;
  let watchdog: NodeJS.Timeout | undefined;
  const dead = new Set<MqttClient>();

  function open(): void {
    timer = undefined;
    if (!wanted || client !== null) return;
    const opened = connect(options.url, clientOptions(options));
    client = opened;
    opened.on('error', () => {});
    opened.on('message', (topic, payload) => {
      if (client === opened) options.onMessage(topic, payload);
    });
    opened.on('connect', () => {
      if (client !== opened) return;
      counts.connects += 1;
      retry_ms = RETRY_MIN_MS;
      if (options.birth)
        opened.publish(options.birth.topic, options.birth.payload, {
          qos: 1,
          retain: options.birth.retain ?? false,
        });
      if (options.subscribe.length > 0) opened.subscribe([...options.subscribe], { qos: 1 }, () => {});
      pump();
    });
    opened.on('close', () => {
      if (client !== opened) return;
      forget(opened);
      opened.end(true);
      schedule(retry_ms * (0.5 + options.random()));
      retry_ms = Math.min(RETRY_MAX_MS, retry_ms * 2);
    });
  }

  function schedule(delay_ms: number): void {
    if (!wanted || timer !== undefined || client !== null) return;
    timer = setTimeout(open, delay_ms);
  }

  /** The connection is gone or given up: everything not acknowledged waits again. */
  function forget(closed: MqttClient): void {
    if (client === closed) client = null;
    clearTimeout(watchdog);
    queue = queue.filter((message) => !acknowledged.has(message));
    acknowledged = new Set();
    underWay = 0;
  }

  function pump(): void {
    const sender = client;
    if (sender === null || !sender.connected) return;
    while (underWay < WINDOW && underWay < queue.length) {
      const message = queue[underWay];
      if (message === undefined) return;
      underWay += 1;
      counts.sent += 1;
      sender.publish(message.topic, message.payload, { qos: 1, retain: message.retain ?? false }, (error) => {
        if (error || client !== sender) return;
        counts.acknowledged += 1;
        options.onAcknowledged?.(message);
        settle(message);
        watch(sender);
        pump();
      });
    }
    watch(sender);
  }

  /** Acknowledgements may come out of order; the queue is cut at its head only. */
  function settle(message: Message): void {
    acknowledged.add(message);
    while (queue[0] !== undefined && acknowledged.has(queue[0])) {
      acknowledged.delete(queue[0]);
      queue.shift();
      underWay -= 1;
    }
  }

  function watch(sender: MqttClient): void {
    clearTimeout(watchdog);
    if (underWay === 0) return;
    watchdog = setTimeout(() => sender.stream.destroy(), ACK_TIMEOUT_MS);
  }

  function fallSilent(): void {
    wanted = false;
    clearTimeout(timer);
    timer = undefined;
    const silent = client;
    if (silent === null) return;
    forget(silent);
    dead.add(silent);
    setTimeout(() => {
      dead.delete(silent);
      silent.stream.destroy();
      silent.end(true);
    }, KEEPALIVE_S * 1_500).unref();
  }

  return {
    counts,
    isConnected: () => client?.connected ?? false,
    send(message) {
      queue.push(message);
      if (queue.length > QUEUE_MAX) {
        queue.splice(underWay, 1);
        counts.dropped += 1;
      }
      pump();
    },
    up(delay_ms) {
      wanted = true;
      schedule(delay_ms);
    },
    die() {
      fallSilent();
      queue = [];
    },
    cut: fallSilent,
    async stop() {
      wanted = false;
      clearTimeout(timer);
      clearTimeout(watchdog);
      for (const one of dead) one.end(true);
      dead.clear();
      const last = client;
      if (last === null) return;
      client = null;
      await new Promise<void>((resolve) => {
        last.end(true, {}, () => resolve());
      });
    },
  };
}

function clientOptions({ client, secret, will }: LinkOptions): IClientOptions {
  return {
    clientId: client,
    username: client,
    ...(secret === undefined ? {} : { password: secret }),
    clean: true,
    keepalive: KEEPALIVE_S,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Reconnecting, and sending again, is the link's own work.
    reconnectPeriod: 0,
    resubscribe: false,
    ...(will === undefined
      ? {}
      : {
          will: {
            topic: will.topic,
            payload: Buffer.from(will.payload),
            qos: 1,
            retain: will.retain ?? false,
          },
        }),
  };
}
