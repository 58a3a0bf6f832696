import type { Incident } from '../core/incidents/incident.ts';
import { factsOf, indexSite, type SiteIndex } from '../core/notices/facts-of.ts';
import { noticeBody } from '../core/notices/templates.ts';
import type { Estimate } from '../core/ports/estimate-store.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import type { StoredSite } from '../core/ports/site-store.ts';
import type { AlertingDeps } from './deps.ts';
import { createDispatchFacts } from './dispatch/facts.ts';

/** Thousands of messages are about one incident: it is read once a second, not once a message. */
const FRESH_MS = 1_000;
const SUBJECTS_KEPT = 200;

interface Subject {
  readonly readAt: number;
  readonly incident: Promise<Incident | null>;
  readonly estimates: () => Promise<readonly Estimate[]>;
}

/** Makes message bodies; null when what the delivery is about does not exist. */
export type Render = (claimed: ClaimedDelivery) => Promise<string | null>;

export function createRender(
  deps: Pick<AlertingDeps, 'stores' | 'sites' | 'clock' | 'signer' | 'publicUrl'>,
): Render {
  const { stores, sites, clock } = deps;
  const dispatchFactsOf = createDispatchFacts(deps);
  const subjects = new Map<string, Subject>();
  const indexes = new WeakMap<StoredSite, SiteIndex>();

  function subjectOf(site: string, id: string): Subject {
    const key = `${site}/${id}`;
    const known = subjects.get(key);
    const now = clock.monotonic();
    if (known !== undefined && now - known.readAt < FRESH_MS) return known;
    let estimates: Promise<readonly Estimate[]> | undefined;
    const subject: Subject = {
      readAt: now,
      incident: stores.incidents.get(site, id),
      estimates: () => (estimates ??= stores.estimates.ofIncident(site, id)),
    };
    subjects.delete(key);
    subjects.set(key, subject);
    // The one read longest ago stands first.
    for (const oldest of subjects.keys()) {
      if (subjects.size <= SUBJECTS_KEPT) break;
      subjects.delete(oldest);
    }
    // A failed read must not be remembered, nor count as unhandled while nobody waits for it.
    subject.incident.catch(() => subjects.delete(key));
    return subject;
  }

  function indexOf(stored: StoredSite): SiteIndex {
    const known = indexes.get(stored);
    if (known !== undefined) return known;
    const index = indexSite(stored.site);
    indexes.set(stored, index);
    return index;
  }

  return async ({ delivery, recipient }) => {
    const stored = sites.get(delivery.site);
    const subject = subjectOf(delivery.site, delivery.subject);
    const incident = await subject.incident;
    if (stored === undefined || incident === null) return null;
    const estimates = delivery.stage === 'estimate' ? await subject.estimates() : [];
    const dispatch = await dispatchFactsOf(delivery);
    return noticeBody(factsOf(delivery, recipient.language, indexOf(stored), incident, estimates, dispatch));
  };
}
