import type { NoticeFacts } from './facts.ts';
import { bodyEn } from './templates-en.ts';
import { bodyZh } from './templates-zh.ts';

/**
 * The body of a message: a pure function of its facts, ending in incident number and revision, by which a person can ask
 * about it and the provider's list is matched after a crash.
 */
export function noticeBody(facts: NoticeFacts): string {
  const body = facts.language === 'zh-CN' ? bodyZh(facts) : bodyEn(facts);
  return body.replace(/ {2,}/g, ' ').trim();
}
