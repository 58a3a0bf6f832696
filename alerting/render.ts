import type { Incident } from '../core/incidents/incident.ts';
import type { NoticeFacts } from '../core/notices/facts.ts';
import { factsOf, indexSite, type SiteIndex } from '../core/notices/facts-of.ts';
import { isPlannedStage } from '../core/notices/notice.ts';
import { noticeBody } from '../core/notices/templates.ts';
import type { Estimate } from '../core/ports/estimate-store.ts';
import type { ClaimedDelivery, Delivery } from '../core/ports/outbox.ts';
import type { StoredSite } from '../core/ports/site-store.ts';
import { moneyText } from '../core/units/money.ts';
import type { AlertingDeps } from './deps.ts';
import { createDispatchFacts } from './dispatch/facts.ts';
import { createOwnerLinks } from './owner-links.ts';
import { createPlanBody } from './planned/body.ts';
import { createReportBody } from './report-body.ts';

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
  deps: Pick<AlertingDeps, 'stores' | 'sites' | 'clock' | 'signer' | 'publicUrl' | 'credits'>,
): Render {
  const { stores, sites, clock } = deps;
  const dispatchFactsOf = createDispatchFacts(deps);
  const linkOf = createOwnerLinks(deps);
  const planBody = createPlanBody(deps, linkOf);
  const reportBody = createReportBody(deps);
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

  /** What was credited is looked up anew; null: nothing was, so nothing is said. */
  async function moreOf(delivery: Delivery): Promise<Pick<NoticeFacts, 'credit' | 'link'> | null> {
    const link = linkOf(delivery);
    const more = link === null ? {} : { link };
    if (delivery.stage !== 'credited') return more;
    const { site, subject, premises, revision } = delivery;
    const credit = await deps.credits?.credited(site, subject, premises, revision);
    return credit ? { ...more, credit: moneyText(credit) } : null;
  }

  return async ({ delivery, recipient }) => {
    const { stage } = delivery;
    if (isPlannedStage(stage)) return planBody(delivery, stage, recipient.language);
    if (stage === 'still_dark') return reportBody(delivery, recipient.language);
    const stored = sites.get(delivery.site);
    const subject = subjectOf(delivery.site, delivery.subject);
    const incident = await subject.incident;
    if (stored === undefined || incident === null) return null;
    const more = await moreOf(delivery);
    if (more === null) return null;
    const estimates = stage === 'estimate' ? await subject.estimates() : [];
    const dispatch = await dispatchFactsOf(delivery);
    const about = { ...delivery, stage };
    return noticeBody(
      factsOf(about, recipient.language, indexOf(stored), incident, estimates, dispatch, more),
    );
  };
}
