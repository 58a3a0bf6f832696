import { CAUSES_EN, CAUSES_ZH } from './causes.ts';
import type { NoticeFacts } from './facts.ts';
import { clipName, lasting, listed, localMinute } from './wording.ts';

/** What a registered text of a carrier may name, as short as its variables must be. */
export function templateParameters(facts: NoticeFacts): Readonly<Record<string, string>> {
  const { names, more } = listed(facts.premises);
  const many = facts.language === 'zh-CN' ? `等${facts.premises.length}户` : ` +${more}`;
  return {
    number: `${facts.number}-${facts.revision}`,
    site: clipName(facts.siteName),
    where: `${names.join(facts.language === 'zh-CN' ? '、' : ', ')}${more > 0 ? many : ''}`,
    building: clipName(facts.building ?? ''),
    since: minute(facts.onset, facts.timeZone),
    until: facts.restoredAt === null ? '' : minute(facts.restoredAt, facts.timeZone),
    minutes: facts.restoredAt === null ? '' : String(minutesOf(facts.onset, facts.restoredAt)),
    cause: (facts.language === 'zh-CN' ? CAUSES_ZH : CAUSES_EN)[facts.cause],
    units: String(facts.unitsAffected),
    root: clipName(facts.root),
    phone: facts.phone ?? '',
    amount: facts.estimate === null ? '' : facts.estimate.amount.amount,
    code: facts.dispatch?.code ?? '',
  };
}

function minute(at: number, timeZone: string): string {
  const { month, day, time } = localMinute(at, timeZone);
  return `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')} ${time}`;
}

function minutesOf(from: number, to: number): number {
  const { hours, minutes } = lasting(from, to);
  return hours * 60 + minutes;
}
