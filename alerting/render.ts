import type { Incident } from '../core/incidents/incident.ts';
import { factsOf, indexSite, type SiteIndex } from '../core/notices/facts-of.ts';
import { handText } from '../core/notices/hand-text.ts';
import { heldText } from '../core/notices/held-text.ts';
import { isHandStage } from '../core/notices/notice.ts';
import { templateParameters } from '../core/notices/template-parameters.ts';
import { noticeBody } from '../core/notices/templates.ts';
import type { OutgoingMessage } from '../core/ports/channel.ts';
import type { Estimate } from '../core/ports/estimate-store.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import type { StoredSite } from '../core/ports/site-store.ts';
import type { Site } from '../core/topology/site.ts';
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

/** Makes what a message says; null when what the delivery is about does not exist. */
export type Render = (claimed: ClaimedDelivery) => Promise<Pick<OutgoingMessage, 'body' | 'template'> | null>;

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

  /** Texts that are not made of an incident's facts. */
  async function byHand({ delivery, recipient }: ClaimedDelivery, site: Site): Promise<string | null> {
    const { subject, revision, stage } = delivery;
    if (stage === 'held')
      return heldText(recipient.language, { siteName: site.site.name, subject, revision });
    const written = await stores.handMessages.get(delivery.site, subject);
    return written === null ? null : handText(recipient.language, site.site, written);
  }

  return async (claimed) => {
    const { delivery, recipient } = claimed;
    const { stage, audience } = delivery;
    const stored = sites.get(delivery.site);
    if (stored === undefined) return null;
    if (isHandStage(stage)) {
      const body = await byHand(claimed, stored.site);
      return body === null ? null : { body, template: { stage, audience, parameters: { text: body } } };
    }
    const subject = subjectOf(delivery.site, delivery.subject);
    const incident = await subject.incident;
    if (incident === null) return null;
    const estimates = stage === 'estimate' ? await subject.estimates() : [];
    const dispatch = await dispatchFactsOf(delivery);
    const facts = factsOf(
      { ...delivery, stage },
      recipient.language,
      indexOf(stored),
      incident,
      estimates,
      dispatch,
    );
    return { body: noticeBody(facts), template: { stage, audience, parameters: templateParameters(facts) } };
  };
}
