import { wordOr, wordsOf } from '../i18n/language.svelte.ts';
import { fundWords } from '../i18n/pages/fund.ts';
import { traceWords } from '../i18n/pages/trace.ts';

const w = wordsOf(fundWords);

/** `owner:12-0301`, `recourse:utility`, `recourse:owner:12-0301`: whose account it is. */
export function accountName(account: string): string {
  const [kind = '', ...rest] = account.split(':');
  const who = rest.join(':');
  if (kind === 'owner') return w('account.owner', { premises: who });
  if (kind === 'recourse') {
    const named = who.startsWith('owner:') ? accountName(who) : wordOr(traceWords, `who.${who}`, who);
    return w('account.recourse', { who: named });
  }
  return wordOr(fundWords, `account.${account}`, account);
}
