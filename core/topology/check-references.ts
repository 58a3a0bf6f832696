import type { Fault } from '../units/fault.ts';
import type { SiteDraft } from './site-draft.ts';

/** Whatever names a node, gateway or premises must name one that exists. */
export function checkReferences(draft: SiteDraft): Fault[] {
  const faults: Fault[] = [];
  const known = {
    node: new Set(draft.claims.nodes.map(({ id }) => id)),
    gateway: new Set(draft.claims.gateways.map(({ id }) => id)),
    premises: new Set(draft.claims.premises.map(({ id }) => id)),
  };

  function expectKnown(kind: keyof typeof known, id: string | null | undefined, path: string): void {
    if (id === null || id === undefined || known[kind].has(id)) return;
    faults.push({ path, code: 'unknown_reference', message: `there is no ${kind} '${id}'` });
  }

  for (const { path, value } of draft.nodes) {
    expectKnown('node', value.fedBy, `${path}/fedBy`);
    expectKnown('premises', value.premises, `${path}/premises`);
  }
  for (const { path, value } of draft.ties) {
    value.ends.forEach((end, i) => {
      expectKnown('node', end, `${path}/ends/${i}`);
    });
  }
  for (const { path, value } of draft.transfers) {
    expectKnown('node', value.node, `${path}/node`);
    expectKnown('node', value.normal, `${path}/normal`);
    expectKnown('node', value.alternate, `${path}/alternate`);
  }
  for (const { path, value } of draft.gateways) {
    expectKnown('node', value.poweredBy, `${path}/poweredBy`);
    expectKnown('gateway', value.via, `${path}/via`);
  }
  for (const { path, value } of draft.devices) {
    expectKnown('node', value.node, `${path}/node`);
    expectKnown('gateway', value.via, `${path}/via`);
    if (value.poweredBy !== value.node) expectKnown('node', value.poweredBy, `${path}/poweredBy`);
  }
  return faults;
}
