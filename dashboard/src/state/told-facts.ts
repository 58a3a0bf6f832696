import type { FactLines } from '../../../contracts/http/facts.ts';
import type { SchemeView } from '../../../contracts/http/schemes.ts';
import type { InputFile } from '../../../core/compensation/scheme.ts';

export type FactLine = FactLines['items'][number];

/** One input that can be told, as the schemes declare it. */
export interface Tellable extends InputFile {
  readonly name: string;
  /** A scheme of the site asks for it. */
  readonly inUse: boolean;
}

/** Which premises it is: the case says so itself. */
const KNOWN = 'id';

/** Every input by name, those of the site's own schemes first. */
export function tellables(schemes: readonly SchemeView[], site: string): readonly Tellable[] {
  const found = new Map<string, Tellable>();
  const used = (scheme: SchemeView) => scheme.usedBy.some((one) => one.site === site);
  for (const scheme of schemes.toSorted((a, b) => Number(used(b)) - Number(used(a)))) {
    for (const group of Object.values(scheme.inputs as Record<string, Record<string, InputFile>>)) {
      for (const [name, input] of Object.entries(group))
        if (!found.has(name) && name !== KNOWN) found.set(name, { ...input, name, inUse: used(scheme) });
    }
  }
  return [...found.values()];
}

export type LineState = 'standing' | 'corrected' | 'takenBack';

/** From lines newest first, as the server lists them: the first of a subject, name and date stands. */
export function lineStates(lines: readonly FactLine[]): ReadonlyMap<string, LineState> {
  const seen = new Set<string>();
  return new Map(
    lines.map(({ id, subject, name, from, value }) => {
      const key = `${subject} ${name} ${from}`;
      const state = seen.has(key) ? 'corrected' : value === null ? 'takenBack' : 'standing';
      seen.add(key);
      return [id, state];
    }),
  );
}

/** `incident/B4/premises/1201` as its parts; the owner of premises by what they own. */
export function partsOf(
  subject: string,
  premisesOf: FactLines['premisesOf'] = {},
): {
  readonly kind: 'site' | 'owner' | 'premises' | 'incident' | 'incidentPremises';
  readonly incident: string;
  readonly premises: string;
} {
  const [kind = 'site', first = '', , second = ''] = subject.split('/');
  if (kind === 'incident' && second !== '')
    return { kind: 'incidentPremises', incident: first, premises: second };
  if (kind === 'incident') return { kind, incident: first, premises: '' };
  if (kind === 'premises') return { kind, incident: '', premises: first };
  if (kind === 'owner') return { kind, incident: '', premises: (premisesOf[first] ?? []).join(', ') };
  return { kind: 'site', incident: '', premises: '' };
}

/** What a person reads: texts as they are, everything else as JSON writes it. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
