import { getContext, setContext } from 'svelte';
import type { NodeView, SiteView } from '../../../contracts/http/sites.ts';
import { request } from '../api/request.ts';
import { indexTree, type Tree } from '../diagram/sections.ts';
import { type LiveSite, watchSite } from './live.svelte.ts';

/** The site on screen: what it is, and what is happening on it now. */
export interface CurrentSite {
  readonly view: SiteView;
  readonly tree: Tree;
  readonly units: readonly NodeView[];
  readonly live: LiveSite;
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
  live.onChange((type) => {
    // A changed network is drawn anew; the live connection goes on.
    if (type === 'site')
      void request<SiteView>(`/sites/${encodeURIComponent(id)}`).then((next) =>
        onReplaced(assemble(next, live)),
      );
  });
  return assemble(view, live);
}

function assemble(view: SiteView, live: LiveSite): CurrentSite {
  return { view, live, tree: indexTree(view.nodes), units: view.nodes.filter(({ kind }) => kind === 'unit') };
}

export function nodeName(site: CurrentSite, id: string): string {
  return site.tree.byId.get(id)?.name ?? id;
}
