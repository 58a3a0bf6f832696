import type { CurrentSite } from './current-site.svelte.ts';

/** What flows into the site, kW: per source the first measured places below it. Null while one of them is not known. */
export function totalLoad_kw(site: CurrentSite): number | null {
  const open = site.view.nodes.filter(({ fedBy, kind }) => fedBy === null && kind !== 'generator');
  let total_w = 0;
  let measured = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const meter = site.devices.meterAt(node.id);
    if (meter === null) {
      open.push(...(site.tree.children.get(node.id) ?? []));
      continue;
    }
    const power = site.live.device(meter.id).current?.fields.power;
    if (power === undefined) return null;
    total_w += power;
    measured += 1;
  }
  return measured === 0 ? null : total_w / 1000;
}
