import type { Changes, EngineInput, NewId, NodeState, SiteEngine } from '../../core/incidents/engine.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import type { Interruption, LedgerEntry } from '../../core/interruptions/interruption.ts';
import type { Notice } from '../../core/notices/notice.ts';
import type { Site } from '../../core/topology/site.ts';
import type { EngineFactory } from '../../ingest/engine-factory.ts';

/**
 * The simplest engine there is: a device's power_lost opens an incident at its node, its power_restored ends it, the next
 * tick closes it. Tests of the pipeline need exact answers, not good ones.
 */
interface PlainState {
  open: [string, Incident, Interruption][];
  ordinal: number;
  at: number;
  ticks: number;
}

const NOTHING: Changes = { incidents: [], ledger: [], notices: [] };

export const plainEngines: EngineFactory & { inputs: number } = {
  inputs: 0,
  create: (site, newId) => createPlain(site, newId, { open: [], ordinal: 0, at: 0, ticks: 0 }),
  restore(site, snapshot, newId) {
    if (typeof snapshot !== 'object' || snapshot === null || !('open' in snapshot))
      throw new Error('no snapshot of mine');
    return createPlain(site, newId, structuredClone(snapshot) as PlainState);
  },
};

function createPlain(site: Site, newId: NewId, state: PlainState): SiteEngine {
  const open = new Map(
    state.open.map(([node, incident, interruption]) => [node, { incident, interruption }]),
  );

  function lose(node: string, from: number, at: number): Changes {
    const before = open.get(node)?.incident;
    if (before?.state === 'open') return NOTHING;
    const ended = before === undefined ? [] : [{ ...before, closedAt: at }];
    state.ordinal += 1;
    const id = newId('incident', at, state.ordinal);
    const incident: Incident = {
      id,
      kind: 'outage',
      planned: null,
      root: node,
      rootSide: null,
      candidates: [node],
      phases: 'A',
      state: 'open',
      mergedInto: null,
      nestedOf: null,
      onset: from,
      onsetEarliest: from,
      detectedAt: at,
      restoredAt: null,
      closedAt: null,
      momentary: false,
      flaps: 0,
      confidence: 1,
      explanation: { 'zh-CN': '断电', en: 'lost' },
      affected: [{ node, phases: 'A', from, to: null, basis: 'confirmed' }],
      timeline: [{ at, event: 'opened', reason: 'reported' }],
    };
    const premises = site.nodes.find((one) => one.id === node)?.premises ?? null;
    const interruption: Interruption = {
      id: newId('interruption', at, state.ordinal),
      node,
      premises,
      phases: 'A',
      from,
      to: null,
      momentary: false,
      operations: 1,
      planned: null,
      causes: [{ incident: id, from, to: null }],
    };
    open.set(node, { incident, interruption });
    const changes = changed(incident, interruption, 'opened', 'lost', at);
    return { ...changes, incidents: [...ended, ...changes.incidents] };
  }

  function regain(node: string, to: number, at: number): Changes {
    const known = open.get(node);
    if (known === undefined || known.incident.state !== 'open') return NOTHING;
    const timeline = [...known.incident.timeline, { at, event: 'restored', reason: 'reported' } as const];
    const affected = known.incident.affected.map((unit) => ({ ...unit, to }));
    const incident: Incident = { ...known.incident, state: 'restored', restoredAt: to, affected, timeline };
    const interruption = { ...known.interruption, to };
    open.set(node, { incident, interruption });
    return changed(incident, interruption, 'closed', 'restored', at);
  }

  function changed(
    incident: Incident,
    body: Interruption,
    type: LedgerEntry['type'],
    stage: Notice['stage'],
    at: number,
  ): Changes {
    const owner = site.premises.find((one) => one.id === body.premises)?.owner;
    const recipient = owner?.phone ?? 'staff';
    const audience = owner == null ? 'staff' : 'owner';
    const premises = body.premises === null ? [] : [body.premises];
    return {
      incidents: [incident],
      ledger: [{ type, at, reason: 'reported', body }],
      notices: [{ incident: incident.id, stage, revision: 1, audience, recipient, premises, at }],
    };
  }

  function close(at: number): Changes {
    const closed: Incident[] = [];
    for (const [node, { incident }] of open) {
      if (incident.state !== 'restored') continue;
      open.delete(node);
      closed.push({ ...incident, closedAt: at });
    }
    return { ...NOTHING, incidents: closed };
  }

  function apply(input: EngineInput): Changes {
    plainEngines.inputs += 1;
    if (input.at < state.at) throw new Error(`time fell from ${state.at} to ${input.at}`);
    state.at = input.at;
    if (input.kind === 'tick') {
      state.ticks += 1;
      return close(input.at);
    }
    if (input.kind === 'command') {
      if (input.command.type !== 'open') return NOTHING;
      return lose(input.command.node, input.command.from, input.at);
    }
    const { message } = input;
    if (message.kind !== 'event') return NOTHING;
    const node = site.devices.find((device) => device.id === message.device)?.node ?? '';
    if (message.type === 'power_lost') return lose(node, message.ts, input.at);
    return message.type === 'power_restored' ? regain(node, message.ts, input.at) : NOTHING;
  }

  return {
    apply,
    asks: () => [],
    nodeStates: () =>
      [...open.keys()].map(
        (node): NodeState => ({ node, state: 'dark', incident: open.get(node)?.incident.id ?? null }),
      ),
    remembers: (incident) => [...open.values()].some((one) => one.incident.id === incident),
    outOfService: () => [],
    openIncidents: () => [...open.values()].map(({ incident }) => incident),
    snapshot: () =>
      structuredClone({
        ...state,
        open: [...open].map(([node, { incident, interruption }]) => [node, incident, interruption]),
      }),
  };
}
