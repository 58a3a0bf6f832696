import type { Changes } from '../incidents/engine.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Interruption } from '../interruptions/interruption.ts';
import type { Language } from '../notices/facts.ts';
import { factsOf, indexSite } from '../notices/facts-of.ts';
import type { Notice } from '../notices/notice.ts';
import { segmentsOf } from '../notices/segments.ts';
import { noticeBody } from '../notices/templates.ts';
import type { Site } from '../topology/site.ts';
import type { Instant } from '../units/time.ts';
import type { NoticeCost, TrialRun } from './trial.ts';

/** The staff are written to in the language of the property. */
const DESK: Language = 'zh-CN';

/** Collects what one of the two replays comes to. */
export interface TrialBook {
  take(changes: Changes): void;
  /** The engine threw at an input, as it also may live: it is left out. */
  passOver(): void;
  close(until: Instant): TrialRun;
}

/** Messages are worded as they would have been, to count what they cost; money is no part of them. */
export function createTrialBook(site: Site): TrialBook {
  const index = indexSite(site);
  const incidents = new Map<string, Incident>();
  const interruptions = new Map<string, Interruption>();
  const notices = new Map<string, NoticeCost>();
  let passedOver = 0;

  function languageOf({ audience, recipient, premises }: Notice): Language {
    if (audience === 'staff') return DESK;
    for (const id of premises) {
      const known = index.premises.get(id);
      const person = [known?.owner, known?.occupant].find((one) => one?.phone === recipient);
      if (person) return person.language;
    }
    return DESK;
  }

  function count(notice: Notice): void {
    const incident = incidents.get(notice.incident);
    const known = notices.get(notice.incident) ?? { owner: 0, staff: 0, smsParts: 0 };
    const body =
      incident === undefined ? '' : noticeBody(factsOf(notice, languageOf(notice), index, incident, []));
    notices.set(notice.incident, {
      ...known,
      [notice.audience]: known[notice.audience] + 1,
      smsParts: known.smsParts + segmentsOf(body).segments,
    });
  }

  return {
    take(changes) {
      for (const incident of changes.incidents) incidents.set(incident.id, incident);
      for (const { type, body } of changes.ledger) {
        if (type === 'voided') interruptions.delete(body.id);
        else interruptions.set(body.id, body);
      }
      for (const notice of changes.notices) count(notice);
    },
    passOver() {
      passedOver += 1;
    },
    close(until) {
      const lost = [...interruptions.values()];
      const ms = lost.reduce((sum, { from, to }) => sum + Math.max(0, (to ?? until) - from), 0);
      return {
        passedOver,
        incidents: [...incidents.values()],
        notices,
        interruptions: lost.length,
        minutes: Math.round(ms / 60_000),
      };
    },
  };
}
