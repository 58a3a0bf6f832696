import { type Fault, pointerStep } from '../units/fault.ts';
import type { SchemeChoice, SiteFacts } from './site.ts';
import type { Located, SiteDraft } from './site-draft.ts';

/** How deep and how many values of scheme parameters are looked at; beyond it they are refused, not ignored. */
const PARAMETER_DEPTH_MAX = 16;
const PARAMETER_VALUES_MAX = 10_000;

/** Zone, ids and money facts of the site itself. */
export function checkFacts({ facts }: SiteDraft): Fault[] {
  if (facts === null) return [];
  return [...idFault(facts), ...zoneFault(facts), ...schemeFaults(facts)];
}

function idFault({ path, value }: Located<SiteFacts>): Fault[] {
  if (value.id !== '.' && value.id !== '..') return [];
  return [
    {
      path: `${path}/id`,
      code: 'reserved_id',
      message: `'${value.id}' cannot name a site: it names a folder`,
    },
  ];
}

function zoneFault({ path, value }: Located<SiteFacts>): Fault[] {
  if (isTimeZone(value.timeZone)) return [];
  return [
    {
      path: `${path}/timeZone`,
      code: 'unknown_time_zone',
      message: `'${value.timeZone}' is no IANA time zone; write e.g. "Asia/Shanghai"`,
    },
  ];
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function schemeFaults({ path, value }: Located<SiteFacts>): Fault[] {
  const seen = new Set<string>();
  return value.schemes.flatMap((scheme, i) => {
    const at = `${path}/schemes/${i}`;
    const faults = parameterFaults(scheme, `${at}/parameters`);
    if (!isDate(scheme.from)) {
      faults.push({
        path: `${at}/from`,
        code: 'bad_date',
        message: `'${scheme.from}' is no day of the calendar`,
      });
    }
    const key = `${scheme.id} ${scheme.from}`;
    if (seen.has(key)) {
      faults.push({
        path: at,
        code: 'duplicate_scheme',
        message: `scheme '${scheme.id}' starts twice on ${scheme.from}`,
      });
    }
    seen.add(key);
    return faults;
  });
}

function isDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Amounts and rates are decimal strings: a JSON number with a fraction would already be a rounded binary one. */
function parameterFaults(scheme: SchemeChoice, path: string): Fault[] {
  const faults: Fault[] = [];
  const waiting: { value: unknown; path: string; depth: number }[] = [
    { value: scheme.parameters, path, depth: 0 },
  ];
  let looked = 0;
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (++looked > PARAMETER_VALUES_MAX || entry.depth > PARAMETER_DEPTH_MAX) {
      faults.push({
        path,
        code: 'too_many_parameters',
        message: 'scheme parameters are too many or nested too deep',
      });
      break;
    }
    const { value, depth } = entry;
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      faults.push({
        path: entry.path,
        code: 'decimal_string',
        message: `write ${value} as a decimal string: "${value}"`,
      });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value).slice(0, PARAMETER_VALUES_MAX + 1)) {
        waiting.push({
          value: inner,
          path: `${entry.path}/${pointerStep(key)}`,
          depth: depth + 1,
        });
      }
    }
  }
  return faults;
}
