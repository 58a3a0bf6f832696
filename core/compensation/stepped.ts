import type Fraction from 'fraction.js';
import { localDate } from '../units/calendar.ts';
import { parseDecimal } from '../units/decimal.ts';
import { pointerStep } from '../units/fault.ts';
import { asText, checkKeys, numberOf } from './arguments.ts';
import { type Band, checkBands } from './bands.ts';
import { common } from './choices.ts';
import type { Compiled, Compiler, Operators } from './compiler.ts';
import { DATE, numberType, parseUnit, textType, timesUnit } from './kinds.ts';
import { nearest } from './nearest.ts';
import { consequence, doubt, isKeyed, NOTHING, refuse, textOf, traced } from './values.ts';

/** Values by band, tier, table and date. */
export const STEPPED: Operators = {
  /** `{of, bands: [{from | above, to | below, is}], else?}`: open and closed ends are said, gaps and overlaps are faults. */
  bands: (json, path, compiler) => {
    if (!isKeyed(json) || !('of' in json) || !Array.isArray(json.bands) || json.bands.length === 0)
      return compiler.fault(
        path,
        'wrong_form',
        'bands needs {of, bands: [{from or above, to or below, is}], else?}',
      );
    checkKeys(json, path, compiler, ['of', 'bands', 'else']);
    const of = compiler.typed(json.of, `${path}/of`, numberType(null));
    const bands = json.bands.map((one: unknown, i) => bandOf(one, `${path}/bands/${i}`, compiler));
    const other = 'else' in json ? compiler.expression(json.else, `${path}/else`) : null;
    checkBands(bands, other !== null, of.type, path, compiler);
    const branches = [...bands.map(({ is }) => is), ...(other === null ? [] : [other])];
    return {
      type: common(
        branches,
        branches.map((_, i) => (i < bands.length ? `${path}/bands/${i}/is` : `${path}/else`)),
        compiler,
      ),
      run: (scope) => {
        const value = numberOf(of, scope, `${path}/of`);
        const index = bands.findIndex((band) => contains(band, value));
        const taken = bands[index]?.is ?? other;
        if (taken === null) return consequence(scope, path, 'no_band');
        return traced(
          scope,
          path,
          'bands',
          [textOf(value), index < 0 ? 'else' : String(index)],
          taken.run(scope),
        );
      },
    };
  },

  /** `{of, tiers: [{to?, each}]}`: the part of a quantity inside each tier at that tier's rate, summed. */
  tiers: (json, path, compiler) => {
    if (!isKeyed(json) || !('of' in json) || !Array.isArray(json.tiers) || json.tiers.length === 0)
      return compiler.fault(path, 'wrong_form', 'tiers needs {of, tiers: [{to, each}, …, {each}]}');
    checkKeys(json, path, compiler, ['of', 'tiers']);
    const of = compiler.typed(json.of, `${path}/of`, numberType(null));
    const tiers = json.tiers.map((one: unknown, i) => tierOf(one, `${path}/tiers/${i}`, compiler));
    for (const [i, { to }] of tiers.entries()) {
      const before = i === 0 ? NOTHING : (tiers[i - 1]?.to ?? null);
      const last = i === tiers.length - 1;
      if (to === null && !last)
        compiler.fault(`${path}/tiers/${i + 1}`, 'unreachable', 'the tier before it has no end');
      if (to !== null && before !== null && to.lte(before))
        compiler.fault(`${path}/tiers/${i}/to`, 'overlap', 'must be above the end of the tier before it');
    }
    const end = tiers.at(-1)?.to ?? null;
    if (end !== null)
      compiler.fault(
        `${path}/tiers/${tiers.length - 1}`,
        'gap',
        `nothing is said above ${textOf(end)}; give a last tier without to, each "0" if no more is paid`,
      );
    const each = tiers.map((tier) => tier.each);
    const rate = common(
      each,
      each.map((_, i) => `${path}/tiers/${i}/each`),
      compiler,
    );
    return {
      type: numberType(timesUnit(of.type.unit, rate.unit, 1)),
      run: (scope) => {
        const quantity = numberOf(of, scope, `${path}/of`);
        let sum = NOTHING;
        let below = NOTHING;
        const inputs = [textOf(quantity)];
        for (const [i, tier] of tiers.entries()) {
          if (quantity.lte(below)) break;
          const end = tier.to === null || quantity.lt(tier.to) ? quantity : tier.to;
          const price = numberOf(tier.each, scope, `${path}/tiers/${i}/each`);
          sum = sum.add(end.sub(below).mul(price));
          inputs.push(textOf(end.sub(below)), textOf(price));
          below = end;
        }
        return traced(scope, path, 'tiers', inputs, sum);
      },
    };
  },

  /** `{name, row, column}` of one of the scheme's tables. */
  table: (json, path, compiler) => {
    const { tables = {} } = compiler.file;
    const name = isKeyed(json) ? json.name : undefined;
    const table = typeof name === 'string' ? tables[name] : undefined;
    if (!isKeyed(json) || typeof name !== 'string' || table === undefined)
      return compiler.fault(
        `${path}/name`,
        'unknown_table',
        `must name one of ${Object.keys(tables).join(', ')}${nearest(String(name), Object.keys(tables))}`,
      );
    compiler.uses('tables', name);
    checkKeys(json, path, compiler, ['name', 'row', 'column']);
    const row = compiler.typed(json.row, `${path}/row`, textType(null));
    const column = compiler.typed(json.column, `${path}/column`, textType(null));
    const rows = Object.keys(table.rows);
    const columns = [...new Set(Object.values(table.rows).flatMap((one) => Object.keys(one)))];
    checkKnown(row, rows, 'row', `${path}/row`, compiler);
    checkKnown(column, columns, 'column', `${path}/column`, compiler);
    const values = new Map(
      Object.entries(table.rows).flatMap(([r, cells]) =>
        Object.entries(cells).map(([c, text]) => [`${r}/${c}`, parseDecimal(text) ?? NOTHING] as const),
      ),
    );
    return {
      type: numberType(table.unit === undefined ? null : parseUnit(table.unit)),
      run: (scope) => {
        const [r, c] = [asText(row.run(scope)), asText(column.run(scope))];
        const value = values.get(`${r}/${c}`);
        if (value === undefined) return consequence(scope, `tables/${name}/${r}/${c}`, 'no_case');
        doubt(scope, `tables/${name}`, table.unverified);
        return traced(scope, path, 'table', [name, r, c], value);
      },
    };
  },

  /** `{name, on?}`: the value in force on a local date, the part's first unless said. */
  series: (json, path, compiler) => {
    const { series = {} } = compiler.file;
    const name = isKeyed(json) ? json.name : json;
    const values = typeof name === 'string' ? series[name] : undefined;
    if (typeof name !== 'string' || values === undefined)
      return compiler.fault(
        path,
        'unknown_series',
        `must name one of ${Object.keys(series).join(', ')}${nearest(String(name), Object.keys(series))}`,
      );
    compiler.uses('series', name);
    const on = isKeyed(json) && 'on' in json ? compiler.typed(json.on, `${path}/on`, DATE) : null;
    const inOrder = values.values
      .map((entry) => ({ ...entry, number: parseDecimal(entry.value) ?? NOTHING }))
      .sort((a, b) => (a.from < b.from ? 1 : -1));
    return {
      type: numberType(values.unit === undefined ? null : parseUnit(values.unit)),
      run: (scope) => {
        const date = on === null ? localDate(scope.from, scope.zone) : asText(on.run(scope));
        const entry = inOrder.find(({ from }) => from <= date);
        if (entry === undefined) return refuse(scope, `series/${name}/${date}`, 'missing_input');
        doubt(scope, `series/${name}`, values.unverified);
        doubt(scope, `series/${name}/${entry.from}`, entry.unverified);
        return traced(scope, path, 'series', [name, date], entry.number);
      },
    };
  },
};

type ReadBand = Band & { readonly is: Compiled };

function bandOf(json: unknown, path: string, compiler: Compiler): ReadBand {
  if (!isKeyed(json) || !('is' in json)) {
    const is = compiler.fault(path, 'wrong_form', 'a band needs {from or above, to or below, is}');
    return { low: null, lowIn: false, high: null, highIn: false, is };
  }
  checkKeys(json, path, compiler, ['from', 'above', 'to', 'below', 'is']);
  const end = (inside: string, outside: string) => {
    const key = json[inside] !== undefined ? inside : outside;
    if (json[inside] !== undefined && json[outside] !== undefined)
      compiler.fault(path, 'wrong_form', `says both ${inside} and ${outside}`);
    const text = json[key];
    const value = typeof text === 'string' ? parseDecimal(text) : null;
    if (text !== undefined && value === null)
      compiler.fault(`${path}/${pointerStep(key)}`, 'wrong_form', 'must be a decimal string');
    return { value, inside: key === inside };
  };
  const [low, high] = [end('from', 'above'), end('to', 'below')];
  return {
    low: low.value,
    lowIn: low.inside,
    high: high.value,
    highIn: high.inside,
    is: compiler.expression(json.is, `${path}/is`),
  };
}

function contains({ low, lowIn, high, highIn }: Band, value: Fraction): boolean {
  const above = low === null || (lowIn ? value.gte(low) : value.gt(low));
  return above && (high === null || (highIn ? value.lte(high) : value.lt(high)));
}

function tierOf(json: unknown, path: string, compiler: Compiler) {
  if (!isKeyed(json) || !('each' in json))
    return { to: null, each: compiler.fault(path, 'wrong_form', 'a tier needs {to, each}') };
  checkKeys(json, path, compiler, ['to', 'each']);
  const to = typeof json.to === 'string' ? parseDecimal(json.to) : null;
  if (json.to !== undefined && to === null)
    compiler.fault(`${path}/to`, 'wrong_form', 'must be a decimal string');
  return { to, each: compiler.typed(json.each, `${path}/each`, numberType(null)) };
}

/** A row that is not there is refused when a case asks for it; that none is there can be said beforehand. */
function checkKnown(
  of: Compiled,
  known: readonly string[],
  what: string,
  path: string,
  compiler: Compiler,
): void {
  const { values } = of.type;
  if (values === null || values.some((value) => known.includes(value))) return;
  compiler.fault(
    path,
    'missing_case',
    `the table has no ${what} '${values.join(', ')}'; there are ${known.join(', ')}${nearest(values[0] ?? '', known)}`,
  );
}
