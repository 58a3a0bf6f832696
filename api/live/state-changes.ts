import type { NodeStateView } from '../../contracts/http/sites.ts';
import type { NodeState } from '../../core/incidents/engine.ts';
import { stateView } from '../views/sites.ts';

/** Remembers what a site's boards were told and says what differs now; a node that left is told as unknown. */
export function createStateChanges(
  first: readonly NodeState[],
): (now: readonly NodeState[]) => NodeStateView[] {
  let told = indexOf(first);
  return (now) => {
    const next = indexOf(now);
    const changed: NodeStateView[] = [];
    for (const [node, state] of next) {
      const before = told.get(node);
      if (before?.state !== state.state || before.incident !== state.incident) changed.push(stateView(state));
    }
    for (const node of told.keys()) {
      if (!next.has(node)) changed.push({ node, state: 'unknown', incident: null });
    }
    told = next;
    return changed;
  };
}

function indexOf(states: readonly NodeState[]): ReadonlyMap<string, NodeState> {
  return new Map(states.map((state) => [state.node, state]));
}
