import { incidentNumber, type Language } from './facts.ts';
import { clipName } from './wording.ts';

/** Tells the desk that messages about a subject wait for a person's word. */
export function heldText(
  language: Language,
  about: { readonly siteName: string; readonly subject: string; readonly revision: number },
): string {
  const number = `${incidentNumber(about.subject)}-${about.revision}`;
  const site = clipName(about.siteName);
  return language === 'zh-CN'
    ? `【${site}】通知已暂停：发送量超过上限，请在系统中查看条数和费用后放行或取消。编号${number}`
    : `${site}: messages are held back, they would pass a limit. See how many and what they cost, then release or drop them. Ref ${number}`;
}
