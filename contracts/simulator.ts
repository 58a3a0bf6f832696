import { type Static, Type } from 'typebox';
import { Id, InstantText, Nullable, PhasesText } from './scalars.ts';

const onNode = <N extends string>(name: N) => Type.Object({ action: Type.Literal(name), node: Id });
const onTie = <N extends string>(name: N) => Type.Object({ action: Type.Literal(name), tie: Id });
const onLink = <N extends string>(name: N) => Type.Object({ action: Type.Literal(name), client: Id });
const onDevice = <N extends string>(name: N) => Type.Object({ action: Type.Literal(name), device: Id });

const Share = Type.Number({ minimum: 0, maximum: 1 });

/** Everything that can be done to the simulated world, by a scenario file or by hand. */
export const SimulatorActionSchema = Type.Union([
  onNode('trip'),
  onNode('restore'),
  onNode('main_off'),
  onNode('main_on'),
  onTie('close_tie'),
  onTie('open_tie'),
  Type.Object({ action: Type.Literal('lose_phase'), node: Id, phases: PhasesText }),
  onNode('restore_phase'),
  onLink('cut_link'),
  onLink('mend_link'),
  Type.Object({
    action: Type.Literal('disorder'),
    client: Id,
    duplicates: Share,
    delay_s: Type.Number({ minimum: 0, maximum: 3_600 }),
  }),
  Type.Object({
    action: Type.Literal('clock_error'),
    device: Id,
    offset_s: Type.Number({ minimum: -1e10, maximum: 1e10 }),
  }),
  onDevice('break_device'),
  onDevice('repair_device'),
  Type.Object({
    action: Type.Literal('modbus_fault'),
    device: Id,
    fault: Type.Enum(['none', 'hang', 'reset', 'exception']),
  }),
]);
export type SimulatorActionJson = Static<typeof SimulatorActionSchema>;

/** A scenario file: what happens when, in seconds after its start. */
export const ScenarioSchema = Type.Object({
  id: Id,
  title: Type.String(),
  steps: Type.Array(
    Type.Object({ at_s: Type.Number({ minimum: 0, maximum: 31_536_000 }), do: SimulatorActionSchema }),
    { maxItems: 100_000 },
  ),
});
export type ScenarioJson = Static<typeof ScenarioSchema>;

/** On the control topic: one action by hand. `id` comes back in the state that answers it. */
export const SimulatorControlSchema = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64 }),
  do: SimulatorActionSchema,
});
export type SimulatorControlJson = Static<typeof SimulatorControlSchema>;

/** On the state topic, retained: where the switches stand, and how the last control message ended. */
export const SimulatorStateSchema = Type.Object({
  at: InstantText,
  running: Type.Boolean({ description: 'false: the simulator has left (its will)' }),
  switches: Type.Array(Type.Object({ node: Id, closed: Type.Boolean() })),
  ties: Type.Array(Type.Object({ id: Id, closed: Type.Boolean() })),
  last: Nullable(
    Type.Object({ id: Type.String(), outcome: Type.Enum(['done', 'unknown_node', 'not_possible']) }),
  ),
});
export type SimulatorStateJson = Static<typeof SimulatorStateSchema>;

/** The simulator's own MQTT client for one site: user name and client id alike; it may use these two topics only. */
export function simulatorClient(site: string): string {
  return `relight-simulator/${site}`;
}

export function controlTopic(site: string): string {
  return `relight-simulator/${site}/control`;
}

export function stateTopic(site: string): string {
  return `relight-simulator/${site}/state`;
}

/** The key under which a credentials file keeps the secret of {@link simulatorClient}; no device can have this id. */
export const SIMULATOR_SECRET = '$simulator';
