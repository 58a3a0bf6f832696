import type { Site } from '../core/topology/site.ts';

export interface HostileMessage {
  readonly topic: string;
  readonly payload: Buffer;
}

const KINDS = ['telemetry', 'telemetry', 'telemetry', 'event', 'event', 'status', 'history'];
const FIELDS = [
  'ts',
  'seq',
  'uptime_s',
  'voltage',
  'voltage_a',
  'power',
  'relay',
  'mode',
  'power_failures',
  'x_1',
];
const TYPES = ['power_lost', 'power_restored', 'breaker_open', 'on_battery', 'boot', 'test_start', 'nothing'];

/** Messages of a gateway that has gone mad: right ones, wrong ones, and right ones with wounds, on right and wrong topics. */
export function createHostileMessages(site: Site, random: () => number): () => HostileMessage {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[], otherwise: T): T => list[below(list.length)] ?? otherwise;
  const devices = site.devices.map(({ id }) => id);

  function topicFor(kind: string): string {
    const device = pick(devices, 'm-1');
    switch (below(24)) {
      case 0:
        return `relight/${site.site.id}/${device}/${pick(['command', 'Telemetry', 'telemetry/x', ''], '')}`;
      case 1:
        return `relight/${site.site.id}/nobody-${below(50)}/${kind}`;
      case 2:
        return `relight/${pick(['elsewhere', '', '..', site.site.id.toUpperCase()], '')}/${device}/${kind}`;
      case 3:
        return pick(
          ['shellies/em3/0', `relight/${'x'.repeat(300)}`, `${text()}/${text()}`, 'relight'],
          'relight',
        );
      default:
        return `relight/${site.site.id}/${device}/${kind}`;
    }
  }

  function text(): string {
    return String.fromCodePoint(
      ...Array.from({ length: 1 + below(6) }, () => 0x30 + below(0x2000)),
    ).replaceAll(/[+#]/g, '-');
  }

  function value(depth: number): unknown {
    switch (below(depth > 3 ? 8 : 10)) {
      case 0:
        return below(500);
      case 1:
        return (random() - 0.5) * 10 ** below(320);
      case 2:
        return Date.now() + below(10_000) - 5_000;
      case 3:
        return pick([null, true, false, '', 'auto', 'test'], null);
      case 4:
        return text();
      case 5:
        return pick(['__proto__', 'constructor', 'A', 'ABC', 'ABCD'], 'A');
      case 6:
        return -below(1_000_000);
      case 7:
        return random() * 400;
      case 8:
        return Array.from({ length: below(4) }, () => value(depth + 1));
      default:
        return object(depth + 1);
    }
  }

  function object(depth: number): Record<string, unknown> {
    const entries = Array.from({ length: below(8) }, (): [string, unknown] => [
      random() < 0.8 ? pick(FIELDS, 'ts') : text(),
      random() < 0.5 ? random() * 300 : value(depth),
    ]);
    return Object.fromEntries(entries);
  }

  function sound(kind: string): string {
    const ts = Date.now() + below(60_000) - 50_000;
    switch (kind) {
      case 'event':
        return JSON.stringify({ ts, type: pick(TYPES, 'boot'), phases: pick(['A', 'ABC', 'Z'], 'A') });
      case 'history':
        return JSON.stringify(
          Array.from({ length: below(5) }, () => ({ ts, voltage: 230, energy: below(1_000) })),
        );
      case 'status':
        return pick(['online', 'offline', 'ONLINE', '"online"'], 'online');
      default:
        return JSON.stringify({
          ...{ ts, seq: below(9_999), uptime_s: below(1_000_000), power_failures: below(9) },
          ...{ voltage: random() < 0.3 ? 0 : random() * 260, power: 100, relay: below(2) },
        });
    }
  }

  function payloadFor(kind: string): Buffer {
    switch (below(10)) {
      case 0:
        return Buffer.from(Array.from({ length: below(200) }, () => below(256)));
      case 1:
        return Buffer.from(JSON.stringify(value(0)));
      case 2:
        return Buffer.from(JSON.stringify(object(0)));
      case 3:
        return wounded(Buffer.from(sound(kind)));
      case 4:
        return Buffer.alloc(random() < 0.01 ? 100_000 : 50, pick(['[', '{"a":', '9', ' '], '['));
      case 5:
        return Buffer.from(sound(pick(KINDS, 'event')));
      default:
        return Buffer.from(sound(kind));
    }
  }

  function wounded(message: Buffer): Buffer {
    for (let wounds = 1 + below(3); wounds > 0 && message.length > 0; wounds--)
      message[below(message.length)] = below(256);
    return random() < 0.3 ? message.subarray(0, below(message.length)) : message;
  }

  return () => {
    const kind = pick(KINDS, 'telemetry');
    return { topic: topicFor(kind), payload: payloadFor(kind) };
  };
}
