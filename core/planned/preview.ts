import Fraction from 'fraction.js';
import type { Language } from '../notices/facts.ts';
import { buildingOf, type SiteIndex } from '../notices/facts-of.ts';
import type { Owed, PlannedStage } from '../notices/notice.ts';
import { plannedBody } from '../notices/planned-text.ts';
import { type Segments, segmentsOf } from '../notices/segments.ts';
import { parseDecimal } from '../units/decimal.ts';
import { type MoneyText, moneyOf, moneyText } from '../units/money.ts';
import type { Instant } from '../units/time.ts';
import type { PlanAffected } from './affected.ts';
import type { WorkKind } from './outage.ts';

export interface PlanMessagePreview {
  /** SMS segments of one message to each person. */
  readonly segments: number;
  /** Of each stage the longest message in each language somebody reads, with how many get one of that stage and language. */
  readonly samples: readonly PlanSample[];
}

export interface PlanSample extends Segments {
  readonly stage: PlannedStage;
  readonly language: Language;
  readonly text: string;
  readonly messages: number;
}

interface PlanWindow {
  readonly from: Instant;
  readonly to: Instant;
  readonly work: WorkKind;
  readonly number: string;
}

/** What telling everybody once takes, from the very bodies people would get. `link` stands in for each person's own. */
export function previewMessages(
  { people }: PlanAffected,
  index: SiteIndex,
  window: PlanWindow,
  link: string | null,
): PlanMessagePreview {
  const notices = [...people].map(([recipient, premises]) => ({
    recipient,
    premises,
    stage: 'planned_ahead' as const,
    revision: 1,
  }));
  return previewNotices(notices, index, window, link);
}

/** The same for messages that are owed already. */
export function previewNotices(
  notices: readonly Pick<Owed<PlannedStage>, 'recipient' | 'premises' | 'stage' | 'revision'>[],
  index: SiteIndex,
  window: PlanWindow,
  link: string | null,
): PlanMessagePreview {
  const languages = languagesOf(index);
  const samples = new Map<string, PlanSample>();
  const { name, timeZone, phone = null, simulated } = index.site;
  let segments = 0;
  for (const { recipient, premises, stage, revision } of notices) {
    const language = languages.get(recipient) ?? 'zh-CN';
    const text = plannedBody({
      stage,
      language,
      revision,
      siteName: name,
      timeZone,
      phone,
      simulated,
      building: buildingOf(premises, index),
      premises,
      ...window,
      ...(link === null ? {} : { link }),
    });
    const size = segmentsOf(text);
    segments += size.segments;
    const key = `${stage} ${language}`;
    const known = samples.get(key);
    const longest = known !== undefined && known.units >= size.units ? known : { text, ...size };
    samples.set(key, { ...longest, stage, language, messages: (known?.messages ?? 0) + 1 });
  }
  return { segments, samples: [...samples.values()] };
}

function languagesOf(index: SiteIndex): ReadonlyMap<string, Language> {
  const languages = new Map<string, Language>();
  for (const { owner, occupant } of index.premises.values()) {
    for (const person of [occupant, owner]) if (person !== null) languages.set(person.phone, person.language);
  }
  return languages;
}

/** What so many segments cost, rounded up to the minor unit. */
export function priceOf(price: MoneyText, segments: number): MoneyText {
  const each = parseDecimal(price.amount) ?? new Fraction(0n, 1n);
  return moneyText(moneyOf(each.mul(BigInt(segments)), price.currency, 'up'));
}
