import type { Language } from '../phone/language.svelte.ts';

/** The amount as its decimal text stands: no number in between that could round it. */
export function moneyLine(
  { amount, currency }: { amount: string; currency: string },
  language: Language,
): string {
  return language === 'zh-CN' && currency === 'CNY' ? `¥ ${amount}` : `${currency} ${amount}`;
}
