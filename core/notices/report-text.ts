import type { Language } from './facts.ts';
import { clip, clipName, localMinute } from './wording.ts';

/** What the duty desk reads when an owner says that it is dark. */
export interface ReportFacts {
  readonly language: Language;
  readonly siteName: string;
  readonly timeZone: string;
  readonly simulated: boolean;
  readonly revision: number;
  readonly number: string;
  readonly premises: string;
  readonly building: string | null;
  readonly at: number;
  /** Number of the incident that was thought to be over; null: none is known there. */
  readonly incident: string | null;
  readonly note: string | null;
}

export function reportBody(facts: ReportFacts): string {
  const place = [facts.building, facts.premises].filter((one) => one !== null).map(clipName);
  const local = localMinute(facts.at, facts.timeZone);
  const note = facts.note === null ? '' : clip(facts.note, 60);
  const site = clipName(facts.siteName);
  if (facts.language === 'zh-CN') {
    const known = facts.incident === null ? '该处无已知事件' : `事件${facts.incident}`;
    return `【${site}】${facts.simulated ? '[模拟]' : ''}业主反映无电：${place.join('')}，${local.month}月${local.day}日${local.time}，${known}${note === '' ? '' : `，“${note}”`}。请核实。编号${facts.number}-${facts.revision}`;
  }
  const known = facts.incident === null ? 'no incident known there' : `incident ${facts.incident}`;
  return `${facts.simulated ? '(SIMULATED) ' : ''}${site}: an owner says it is dark at ${place.join(' ')}, ${local.time}, ${known}${note === '' ? '' : `: "${note}"`}. Please check. Ref ${facts.number}-${facts.revision}`;
}
