import Fraction from 'fraction.js';
import type { Language } from '../notices/facts.ts';
import { buildingOf, type SiteIndex } from '../notices/facts-of.ts';
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
  /** The longest message in each language somebody reads. */
  readonly samples: readonly ({ readonly language: Language; readonly text: string } & Segments)[];
}

/** What telling everybody once takes, from the very bodies people would get. `link` stands in for each person's own. */
export function previewMessages(
  { people }: PlanAffected,
  index: SiteIndex,
  window: { readonly from: Instant; readonly to: Instant; readonly work: WorkKind; readonly number: string },
  link: string | null,
): PlanMessagePreview {
  const languages = languagesOf(index);
  const samples = new Map<Language, { language: Language; text: string } & Segments>();
  let segments = 0;
  for (const [recipient, premises] of people) {
    const language = languages.get(recipient) ?? 'zh-CN';
    const { name, timeZone, phone = null, simulated } = index.site;
    const text = plannedBody({
      stage: 'planned_ahead',
      language,
      revision: 1,
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
    if (size.units > (samples.get(language)?.units ?? 0)) samples.set(language, { language, text, ...size });
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
