import { getContext, setContext } from 'svelte';
import type { NodeView, SiteView } from '../../../contracts/http/sites.ts';
import { request } from '../api/request.ts';
import { indexTree, type Tree } from '../diagram/sections.ts';
import { type LiveSite, watchSite } from './live.svelte.ts';
import { createSiteDevices, type SiteDevices } from './site-devices.svelte.ts';

/** The site on screen: what it is, and what is happening on it now. */
export interface CurrentSite {
  readonly view: SiteView;
  readonly tree: Tree;
  readonly units: readonly NodeView[];
  readonly live: LiveSite;
  readonly devices: SiteDevices;
}

const KEY = Symbol('site');

export function provideSite(site: () => CurrentSite): void {
  setContext(KEY, site);
}

export function useSite(): () => CurrentSite {
  return getContext(KEY);
}

export async function openSite(id: string, onReplaced: (site: CurrentSite) => void): Promise<CurrentSite> {
  const view = await request<SiteView>(`/sites/${encodeURIComponent(id)}`);
  const live = watchSite(id);
  const devices = createSiteDevices(id, live);
  live.onChange((type) => {
    // A changed network is drawn anew; the live connection goes on.
    if (type === 'site')
      void request<SiteView>(`/sites/${encodeURIComponent(id)}`).then((next) =>
        onReplaced(assemble(next, live, devices)),
      );
  });
  return assemble(view, live, devices);
}

function assemble(view: SiteView, live: LiveSite, devices: SiteDevices): CurrentSite {
  return {
    view,
    live,
    devices,
    tree: indexTree(view.nodes),
    units: view.nodes.filter(({ kind }) => kind === 'unit'),
  };
}

export function nodeName(site: CurrentSite, id: string): string {
  const node = site.tree.byId.get(id);
  return node?.name ?? node?.premises ?? id;
}
