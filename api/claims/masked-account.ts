import type { BankAccount } from '../../core/ports/money-store.ts';
import { maskName } from '../views/mask.ts';

/** `****5678`: enough to recognise an account one knows. */
export function maskedNumber(number: string): string {
  return `****${number.slice(-4)}`;
}

export function maskedAccount<Account extends Pick<BankAccount, 'holder' | 'number'>>(
  account: Account,
): Account {
  return { ...account, holder: maskName(account.holder), number: maskedNumber(account.number) };
}
