import type { BackTestView, CostView, SchemeView } from '../../contracts/http/schemes.ts';
import { formOf } from '../../contracts/scheme-form.ts';
import type { Cost } from '../../core/compensation/back-test.ts';
import type { Scheme } from '../../core/compensation/compiled.ts';
import { revisionOf } from '../../core/compensation/scheme-name.ts';
import { doubtsOf } from '../../core/compensation/unverified.ts';
import type { BackTestNews } from '../../core/ports/back-tests.ts';
import type { StoredScheme } from '../../core/ports/scheme-store.ts';
import { money, moneyText } from '../../core/units/money.ts';
import { toIso } from '../../core/units/time.ts';

export function schemeView(
  name: string,
  { file }: Scheme,
  stored: Omit<StoredScheme, 'file'> | undefined,
  usedBy: SchemeView['usedBy'],
): SchemeView {
  const { id, title, source, currency, timeZone, versions, inputs = {} } = file;
  return {
    name,
    id,
    revision: revisionOf(name).revision,
    origin: stored === undefined ? 'shipped' : 'uploaded',
    title,
    source,
    currency,
    timeZone,
    versions: versions.map(({ from, to, unverified = null, conflict, rules }) => ({
      from,
      to,
      unverified,
      conflict: conflict?.note ?? null,
      rules: rules.map((rule) => ({ id: rule.id, title: rule.title })),
    })),
    unverified: doubtsOf(file).map((one) => ({ ...one })),
    form: formOf(file),
    inputs,
    usedBy,
    uploaded:
      stored === undefined
        ? null
        : { by: stored.by, at: toIso(stored.at), reason: stored.reason, hash: stored.hash },
  };
}

export function backTestView(news: BackTestNews): BackTestView {
  const { id, state, name, from, to, progress, tried, current } = news;
  return { id, state, scheme: name, from, to, progress, tried: costView(tried), current: costView(current) };
}

function costView({ currency, total_minor, byRule, byBuilding, byMonth, refused, ...rest }: Cost): CostView {
  const text = (minor: number) => amountText(minor, currency);
  const texts = (amounts: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(amounts).map(([key, minor]) => [key, text(minor)]));
  return {
    currency,
    total: text(total_minor),
    byRule: texts(byRule),
    byBuilding: texts(byBuilding),
    byMonth: texts(byMonth),
    refused: { ...refused },
    ...rest,
  };
}

export function amountText(minor: number, currency: string | null): string {
  return currency === null ? String(minor) : moneyText(money(minor, currency)).amount;
}
