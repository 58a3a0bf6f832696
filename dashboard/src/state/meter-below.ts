import type { DeviceView } from '../../../contracts/http/devices.ts';
import type { CurrentSite } from './current-site.svelte.ts';

/** The nearest three-phase meter that sees what a node supplies: its own outgoing side, else below, else its own incoming side. */
export function meterBelow(site: CurrentSite, node: string): DeviceView | null {
  const own = site.devices.meterAt(node);
  if (own?.side === 'out') return own;
  const open = [...(site.tree.children.get(node) ?? [])];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const meter = site.devices.meterAt(next.id);
    if (meter !== null) return meter;
    open.push(...(site.tree.children.get(next.id) ?? []));
  }
  return own;
}
