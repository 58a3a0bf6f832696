import { compileShape } from '../contracts/shape-faults.ts';
import { type ScenarioJson, ScenarioSchema } from '../contracts/simulator.ts';
import type { Fault } from '../core/units/fault.ts';

const shape = compileShape(ScenarioSchema);

/** Reads a scenario file: what happens when, or every fault. */
export function parseScenario(
  json: unknown,
): { readonly scenario: ScenarioJson } | { readonly faults: readonly Fault[] } {
  return shape.is(json) ? { scenario: json } : { faults: shape.faults(json, '') };
}
