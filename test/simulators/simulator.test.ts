import { describe, expect, it, type TestContext, vi } from 'vitest';
import { controlTopic, SIMULATOR_SECRET, stateTopic } from '../../contracts/simulator.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Logger } from '../../core/ports/logger.ts';
import native from '../../profiles/native.ts';
import { createSimulator, type SimulatorDeps } from '../../simulators/app.ts';
import { readTruth } from '../../simulators/truth.ts';
import { startBroker } from './broker.ts';
import { smallSite } from './sites.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
const credentials = { GW0: 'secret-0', GW1: 'secret-1', own: 'secret-own', [SIMULATOR_SECRET]: 'hand' };

async function started({ onTestFinished }: TestContext, options: Partial<SimulatorDeps> = {}) {
  const broker = await startBroker();
  onTestFinished(() => broker.stop());
  const truth: string[] = [];
  const simulator = createSimulator({
    site: smallSite(),
    profiles: new Map([['native', native]]),
    broker: broker.url(),
    credentials,
    clock,
    log: silent,
    modbusPort: null,
    spread_ms: 10,
    gaspProbability: 1,
    truth: (lines) => truth.push(...lines),
    ...options,
  });
  await simulator.start();
  onTestFinished(() => simulator.stop());
  await vi.waitFor(() => expect(simulator.counts().connected).toBe(3), 5_000);
  return { broker, simulator, truth };
}

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 15_000, interval: 30 });

describe.concurrent('the simulator at a real broker', { timeout: 40_000 }, () => {
  it('signs each gateway and lone device in by its own name, and reports every device through the right one', async (context) => {
    const { broker } = await started(context);
    await soon(() =>
      expect(
        new Set(broker.heard.filter(({ topic }) => topic.endsWith('/telemetry')).map(({ topic }) => topic))
          .size,
      ).toBe(9),
    );
    expect(broker.users.get('s1/GW0')).toBe('s1/GW0 secret-0');
    expect(broker.users.get('relight-simulator/s1')).toBe('relight-simulator/s1 hand');
    expect(new Set(broker.on('relight/s1/m-R1A/telemetry').map(({ client }) => client))).toEqual(
      new Set(['s1/GW1']),
    );
    expect(new Set(broker.on('relight/s1/own/telemetry').map(({ client }) => client))).toEqual(
      new Set(['s1/own']),
    );
    expect(broker.on('relight/s1/GW1/status')).toMatchObject([{ payload: 'online', retain: true }]);
    const meter = JSON.parse(broker.on('relight/s1/m-R1A/telemetry')[0]?.payload ?? '{}');
    expect(meter.voltage).toBeGreaterThan(205);
    expect(meter.voltage).toBeLessThan(235);
    expect(meter.uptime_s).toBeGreaterThan(864_000);
    expect(meter.relay).toBe(1);
    const analyser = JSON.parse(broker.on('relight/s1/a-R1/telemetry')[0]?.payload ?? '{}');
    expect(Object.keys(analyser)).toEqual(
      expect.arrayContaining(['voltage_a', 'voltage_b', 'voltage_c', 'current_a', 'power', 'frequency']),
    );
  });

  it('lets a dying meter gasp, then silence, and on return tells when supply came back', async (context) => {
    const { broker, simulator, truth } = await started(context);
    await soon(() => expect(broker.on('relight/s1/m-R2A/telemetry').length).toBeGreaterThan(0));
    expect(simulator.act({ action: 'trip', node: 'R2' })).toBe('done');
    const tripped = Date.now();
    expect(simulator.dark()).toEqual(['u-R2A', 'u-R2B', 'u-R2C']);
    await soon(() => expect(broker.on('relight/s1/m-R2A/event').length).toBe(1));
    const gasp = JSON.parse(broker.on('relight/s1/m-R2A/event')[0]?.payload ?? '{}');
    expect(gasp).toMatchObject({ type: 'power_lost', phases: 'A' });
    expect(Math.abs(gasp.ts - tripped)).toBeLessThan(100);
    const count = broker.on('relight/s1/m-R2A/telemetry').length;
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    expect(broker.on('relight/s1/m-R2A/telemetry').length).toBe(count);
    expect(broker.on('relight/s1/a-R1/telemetry').length).toBeGreaterThan(2);

    simulator.act({ action: 'restore', node: 'R2' });
    const restored = Date.now();
    await soon(() => expect(broker.on('relight/s1/m-R2A/telemetry').length).toBeGreaterThan(count));
    const event = JSON.parse(broker.on('relight/s1/m-R2A/event')[1]?.payload ?? '{}');
    expect(event.type).toBe('power_restored');
    expect(Math.abs(event.ts - restored)).toBeLessThan(100);
    const back = JSON.parse(broker.on('relight/s1/m-R2A/telemetry').at(-1)?.payload ?? '{}');
    expect(Math.abs(back.ts - back.uptime_s * 1_000 - restored)).toBeLessThan(200);
    const spells = readTruth(truth.join('\n'));
    expect(spells.map(({ unit }) => unit)).toEqual(['u-R2A', 'u-R2B', 'u-R2C']);
    for (const { from, to } of spells) {
      expect(Math.abs(Date.parse(from) - tripped)).toBeLessThan(100);
      expect(Math.abs(Date.parse(to ?? '') - restored)).toBeLessThan(100);
    }
  });

  it('loses a gateway with its supply: its meters are silent too, though some gasped through its last second', async (context) => {
    const { broker, simulator } = await started(context, { gaspProbability: 0.999, seed: 'g' });
    await soon(() => expect(broker.on('relight/s1/m-R1A/telemetry').length).toBeGreaterThan(0));
    simulator.act({ action: 'trip', node: 'R1' });
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(simulator.counts().connected).toBe(2);
    const gasps = ['A', 'B', 'C'].filter((p) => broker.on(`relight/s1/m-R1${p}/event`).length > 0);
    expect(gasps.length).toBeLessThan(3);
    expect(broker.on('relight/s1/m-R2A/telemetry').length).toBeGreaterThan(3);
  });

  it('sends again what a broker that died had not acknowledged, and keeps what was measured meanwhile', async (context) => {
    const { broker, simulator } = await started(context);
    await soon(() => expect(broker.on('relight/s1/m-R2A/telemetry').length).toBeGreaterThan(1));
    await broker.die();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await broker.revive();
    await soon(() => expect(simulator.counts().connected).toBe(3));
    await soon(() => expect(broker.on('relight/s1/m-R2A/telemetry').length).toBeGreaterThan(5));
    const seqs = [
      ...new Set(broker.on('relight/s1/m-R2A/telemetry').map(({ payload }) => JSON.parse(payload).seq)),
    ];
    const first = Math.min(...seqs);
    expect(seqs.sort((a, b) => a - b)).toEqual(seqs.map((_, i) => first + i));
  });

  it('keeps everything while a line is cut, and obeys a report command', async (context) => {
    const { broker, simulator } = await started(context);
    await soon(() => expect(broker.on('relight/s1/m-R1A/telemetry').length).toBeGreaterThan(0));
    simulator.act({ action: 'cut_link', client: 'GW1' });
    const before = broker.on('relight/s1/m-R1A/telemetry').length;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(broker.on('relight/s1/m-R1A/telemetry').length).toBeLessThanOrEqual(before + 1);
    simulator.act({ action: 'mend_link', client: 'GW1' });
    await soon(() => expect(broker.on('relight/s1/m-R1A/telemetry').length).toBeGreaterThan(before + 2));
    const seqs = [
      ...new Set(broker.on('relight/s1/m-R1A/telemetry').map(({ payload }) => JSON.parse(payload).seq)),
    ].sort((a, b) => a - b);
    expect(seqs.at(-1) - seqs[0]).toBe(seqs.length - 1);

    const lift = () => broker.on('relight/s1/own/telemetry').length;
    const had = lift();
    for (let i = 0; i < 10; i++) await broker.send('relight/s1/own/command', '{"id":"1","do":"report"}');
    await soon(() => expect(lift()).toBeGreaterThanOrEqual(had + 10));
  });

  it('is worked over its control topic and shows where its switches stand', async (context) => {
    const { broker, simulator } = await started(context);
    const states = () => broker.on(stateTopic('s1')).map(({ payload }) => JSON.parse(payload));
    await soon(() => expect(states().at(-1)).toMatchObject({ running: true, last: null }));
    await broker.send(controlTopic('s1'), '{"id":"c1","do":{"action":"trip","node":"R2"}}');
    await soon(() => expect(states().at(-1).last).toEqual({ id: 'c1', outcome: 'done' }));
    expect(states().at(-1).switches).toContainEqual({ node: 'R2', closed: false });
    expect(simulator.dark()).toHaveLength(3);
    await broker.send(controlTopic('s1'), '{"id":"c2","do":{"action":"restore","node":"nowhere"}}');
    await soon(() => expect(states().at(-1).last).toEqual({ id: 'c2', outcome: 'unknown_node' }));
    await broker.send(controlTopic('s1'), 'nonsense');
    expect(broker.on(stateTopic('s1')).every(({ retain }) => retain)).toBe(true);
  });

  it('plays a scenario at its own instants, with wrong clocks and repeated messages where it says so', async (context) => {
    const { broker, truth } = await started(context, {
      scenario: {
        id: 'x',
        title: 'x',
        steps: [
          { at_s: 0.5, do: { action: 'clock_error', device: 'm-R1B', offset_s: 3_600 } },
          { at_s: 0.5, do: { action: 'disorder', client: 'GW1', duplicates: 1, delay_s: 0 } },
          { at_s: 1, do: { action: 'trip', node: 'R2' } },
          { at_s: 3, do: { action: 'restore', node: 'R2' } },
        ],
      },
    });
    await soon(() => expect(readTruth(truth.join('\n')).filter(({ to }) => to !== null)).toHaveLength(3));
    for (const { from, to } of readTruth(truth.join('\n'))) {
      expect(Date.parse(to ?? '') - Date.parse(from)).toBe(2_000);
    }
    await soon(() => {
      const late = broker
        .on('relight/s1/m-R1B/telemetry')
        .map(({ payload }) => JSON.parse(payload))
        .filter(({ ts }) => ts > Date.now() + 3_000_000);
      expect(late.length).toBeGreaterThan(2);
      expect(new Set(late.map(({ seq }) => seq)).size).toBeLessThan(late.length);
    });
  });
});
