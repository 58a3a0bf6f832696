import { fleetSite } from './fleet-site.ts';

interface Node {
  readonly id: string;
  readonly kind: string;
  readonly fedBy?: string;
  readonly premises?: string;
}

/** Units behind each main breaker. */
export const BEHIND_MAIN = 10_000;

/**
 * The fleet's site with a main breaker for every ten boards, `M0` first, and an owner with a telephone for every unit: what
 * an outage of many owes to many.
 */
export function stormSite(units: number): unknown {
  const { file } = fleetSite(units) as { file: { site: object; nodes: Node[]; devices: object[] } };
  const mains = Array.from({ length: Math.ceil(units / BEHIND_MAIN) }, (_, i) => `M${i}`);
  const nodes = file.nodes.map((node, i) => {
    if (node.kind === 'transformer')
      return { ...node, fedBy: `M${Math.floor(Number(node.id.slice(3)) / 10)}` };
    return node.kind === 'unit' ? { ...node, premises: `p${i}` } : node;
  });
  return {
    ...file,
    nodes: [...nodes, ...mains.map((id) => ({ id, kind: 'breaker', fedBy: 'U' }))],
    premises: nodes.flatMap(({ premises }, i) =>
      premises === undefined
        ? []
        : [
            {
              id: premises,
              class: 'residential',
              owner: { name: 'Owner', phone: `+8613${String(i).padStart(9, '0')}`, language: 'zh-CN' },
            },
          ],
    ),
  };
}
