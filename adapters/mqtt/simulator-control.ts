import { randomUUID } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import { Value } from 'typebox/value';
import {
  controlTopic,
  type SimulatorStateJson,
  SimulatorStateSchema,
  stateTopic,
} from '../../contracts/simulator.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { SimulatorControl } from '../../core/ports/simulator-control.ts';

export interface SimulatorControlDeps {
  /** Asked at start: the broker's port is known only then. */
  readonly url: () => string;
  readonly username: string;
  readonly password: string;
  readonly log: Logger;
}

const ANSWER_WITHIN_MS = 3_000;
const STATE_FILTER = stateTopic('+');

/** The hand on the simulators: one MQTT client that publishes what to do and reads the retained state of every simulator. */
export function createSimulatorControl(deps: SimulatorControlDeps): SimulatorControl & Lifecycle {
  const states = new Map<string, SimulatorStateJson>();
  const waiting = new Map<string, (state: SimulatorStateJson) => void>();
  let client: MqttClient | null = null;

  function read(topic: string, payload: Buffer): void {
    const site = topic.split('/')[1];
    const state = parse(payload);
    if (site === undefined || state === null) return;
    states.set(site, state);
    if (state.last !== null) waiting.get(state.last.id)?.(state);
  }

  return {
    async start() {
      const { username, password } = deps;
      client = await connectAsync(deps.url(), { username, password, clientId: username, clean: true });
      client.on('error', (error) =>
        deps.log.warn('the simulator control lost the broker', { error: error.message }),
      );
      client.on('message', (topic, payload) => read(topic, payload));
      await client.subscribeAsync(STATE_FILTER, { qos: 1 });
    },

    async stop() {
      await client?.endAsync(true);
      client = null;
    },

    state(site) {
      const known = states.get(site);
      return Promise.resolve(known?.running ? { switches: known.switches } : null);
    },

    async act(site, { action, node }) {
      const sender = client;
      if (sender === null || !states.get(site)?.running) return 'away';
      const id = randomUUID();
      const answered = new Promise<SimulatorStateJson | null>((resolve) => {
        const timer = setTimeout(() => resolve(null), ANSWER_WITHIN_MS);
        waiting.set(id, (state) => {
          clearTimeout(timer);
          resolve(state);
        });
      });
      try {
        await sender.publishAsync(controlTopic(site), JSON.stringify({ id, do: { action, node } }), {
          qos: 1,
        });
        const outcome = (await answered)?.last?.outcome;
        if (outcome === undefined) return 'away';
        return outcome === 'done' ? 'done' : 'unknown_node';
      } catch {
        return 'away';
      } finally {
        waiting.delete(id);
      }
    },
  };
}

function parse(payload: Buffer): SimulatorStateJson | null {
  try {
    const value: unknown = JSON.parse(payload.toString());
    return Value.Check(SimulatorStateSchema, value) ? value : null;
  } catch {
    return null;
  }
}
