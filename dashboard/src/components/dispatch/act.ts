import type { DispatchView } from '../../../../contracts/http/dispatch.ts';
import { request } from '../../api/request.ts';
import type { CurrentSite } from '../../state/current-site.svelte.ts';

/** Sends one act upon an incident's dispatch and shows its outcome at once. */
export async function act(
  site: CurrentSite,
  incident: string,
  what: 'offer' | 'advance' | 'pause' | 'resume',
  body: object,
): Promise<void> {
  const path = `/sites/${encodeURIComponent(site.view.id)}/incidents/${encodeURIComponent(incident)}/dispatch/${what}`;
  site.dispatches.accept(await request<DispatchView>(path, { method: 'POST', body }));
}
