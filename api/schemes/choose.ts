import type { Static } from 'typebox';
import type { ChoiceList, ChooseBody } from '../../contracts/http/schemes.ts';
import { parseSite } from '../../contracts/site-file.ts';
import { parameterFaults } from '../../core/compensation/check-parameters.ts';
import type { Scheme } from '../../core/compensation/compiled.ts';
import { localDate } from '../../core/units/calendar.ts';
import { dayOfDate } from '../../core/units/civil.ts';
import { type Context, record, userOf } from '../context.ts';
import { type FieldError, Refused } from '../errors.ts';

type Choice = Static<typeof ChooseBody>;
type Choices = Static<typeof ChoiceList>;

/** Writes a choice into the site, from its date on; what was chosen for other dates stays. */
export async function chooseScheme(
  context: Context,
  request: Parameters<typeof userOf>[0],
  site: string,
  choice: Choice,
  dryRun: boolean,
): Promise<Choices> {
  const { stores, schemes, clock, bus } = context;
  const before = await stores.sites.get(site);
  if (before === null) throw new Refused('unknown_site');
  const scheme = schemes.get(choice.scheme);
  if (scheme === undefined) throw new Refused('unknown_scheme');
  const faults = faultsOf(choice, scheme, before.site.site.currency);
  if (faults.length > 0) throw new Refused('choice_invalid', { errors: faults });
  refuseRetroactive(context, site, choice, localDate(clock.now(), before.site.site.timeZone));

  const { scheme: id, from, parameters = {}, reason } = choice;
  const kept = before.site.site.schemes.filter((one) => one.from !== from);
  const next = [...kept, { id, from, parameters }].sort((a, b) => (a.from < b.from ? -1 : 1));
  const file = withSchemes(await stores.sites.file(site, { people: true }), next);
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Refused('choice_invalid', { errors: parsed.faults });
  const items = next.map((one) => ({ scheme: one.id, from: one.from, parameters: { ...one.parameters } }));
  if (dryRun) return { version: before.version, items };
  const options = { by: userOf(request).id, at: clock.now(), ifVersion: before.version };
  const version = await stores.sites.put(parsed.site, file, options);
  const detail = { from, reason, backTest: choice.backTest ?? null };
  await record(context, request, { site, action: 'scheme.choose', subject: id, detail });
  bus.publish('site', { site });
  return { version, items };
}

function faultsOf(
  { from, parameters = {} }: Choice,
  { file }: Scheme,
  currency: string,
): readonly FieldError[] {
  const dated = dayOfDate(from) === null ? [{ path: '/body/from', code: 'wrong_form' }] : [];
  const other = `the site counts in ${currency}, the scheme in ${file.currency}`;
  const inOther =
    file.currency === currency ? [] : [{ path: '/body/scheme', code: 'other_currency', message: other }];
  const own = parameterFaults(file, parameters).map((fault) => ({ ...fault, path: `/body${fault.path}` }));
  return [...dated, ...inOther, ...own];
}

/** Money of days gone by moves only after somebody has seen by how much. */
function refuseRetroactive(context: Context, site: string, choice: Choice, today: string): void {
  if (choice.from > today) return;
  const news = choice.backTest === undefined ? null : context.backTests.news(site, choice.backTest);
  const tried =
    news?.state === 'done' &&
    news.name === choice.scheme &&
    news.from <= choice.from &&
    sameJson(news.parameters, choice.parameters ?? {});
  if (!tried) throw new Refused('back_test_needed');
}

function sameJson(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const text = (one: Readonly<Record<string, unknown>>) =>
    JSON.stringify(Object.entries(one).sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}

function withSchemes(file: unknown, schemes: readonly object[]): unknown {
  if (typeof file !== 'object' || file === null || !('site' in file)) return file;
  const { site } = file;
  return typeof site === 'object' ? { ...file, site: { ...site, schemes } } : file;
}
