import type { MoneyText } from '../../core/units/money.ts';
import { money, moneyText, parseMoney } from '../../core/units/money.ts';
import { Refused } from '../errors.ts';

/** Minor units of what a request gives in the site's currency. */
export function minorOf({ amount, currency }: MoneyText, siteCurrency: string, path: string): number {
  if (currency !== siteCurrency)
    throw new Refused('invalid_request', { errors: [{ path: `${path}/currency`, code: 'other_currency' }] });
  const parsed = parseMoney(amount, currency);
  if (parsed === null)
    throw new Refused('invalid_request', { errors: [{ path: `${path}/amount`, code: 'format' }] });
  return parsed.minor;
}

export function shown(minor: number, currency: string): MoneyText {
  return moneyText(money(minor, currency));
}

/** The version an edit was made on; undefined without the header. */
export function versionIn(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined) return undefined;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch)?.[1];
  if (version === undefined) throw new Refused('version_conflict');
  return Number(version);
}
