import { getContext, setContext } from 'svelte';
import type { NodeView, SiteView } from '../../../contracts/http/sites.ts';
import { request } from '../api/request.ts';
import { indexTree, type Tree } from '../diagram/sections.ts';
import { type Crew, createCrew } from './crew.svelte.ts';
import { createDispatches, type Dispatches } from './dispatches.svelte.ts';
import { type LiveSite, watchSite } from './live.svelte.ts';
import { createSiteDevices, type SiteDevices } from './site-devices.svelte.ts';

/** The site on screen: what it is, and what is happening on it now. */
export interface CurrentSite {
  readonly view: SiteView;
  readonly tree: Tree;
  readonly units: readonly NodeView[];
  readonly live: LiveSite;
  readonly devices: SiteDevices;
  readonly dispatches: Dispatches;
  readonly crew: Crew;
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
  const parts = {
    live,
    devices: createSiteDevices(id, live),
    dispatches: createDispatches(id, live),
    crew: createCrew(id),
  };
  live.onChange((type) => {
    // A changed network is drawn anew; the live connection goes on.
    if (type === 'site' || type === 'snapshot')
      void request<SiteView>(`/sites/${encodeURIComponent(id)}`).then((next) =>
        onReplaced(assemble(next, parts)),
      );
  });
  return assemble(view, parts);
}

type Parts = Pick<CurrentSite, 'live' | 'devices' | 'dispatches' | 'crew'>;

function assemble(view: SiteView, parts: Parts): CurrentSite {
  return {
    view,
    ...parts,
    tree: indexTree(view.nodes),
    units: view.nodes.filter(({ kind }) => kind === 'unit'),
  };
}

export function nodeName(site: CurrentSite, id: string): string {
  const node = site.tree.byId.get(id);
  return node?.name ?? node?.premises ?? id;
}
