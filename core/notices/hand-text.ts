import type { Site } from '../topology/site.ts';
import { incidentNumber, type Language } from './facts.ts';
import { clip, clipName } from './wording.ts';

/** Characters a person may write, in each language. */
export const HAND_CHARACTERS = 500;

/** A message as a person wrote it, in both languages. */
export interface HandWritten {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
}

/** The body that is sent: like every other it begins with the property and ends with its number. */
export function handText(
  language: Language,
  site: Pick<Site['site'], 'name' | 'simulated'>,
  { id, zh, en }: HandWritten,
): string {
  const number = `${incidentNumber(id)}-1`;
  return language === 'zh-CN'
    ? `【${clipName(site.name)}】${site.simulated ? '[模拟]' : ''}${clip(zh, HAND_CHARACTERS)} 编号${number}`
    : `${site.simulated ? '(SIMULATED) ' : ''}${clipName(site.name)}: ${clip(en, HAND_CHARACTERS)} Ref ${number}`;
}
