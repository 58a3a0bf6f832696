import { localDate } from '../units/calendar.ts';
import { parseDecimal } from '../units/decimal.ts';
import { asText, checkKeys } from './arguments.ts';
import type { Compiled, Compiler, Operators } from './compiler.ts';
import { DATE, numberType, parseUnit, textType } from './kinds.ts';
import { nearest } from './nearest.ts';
import { consequence, doubt, isKeyed, NOTHING, refuse, traced } from './values.ts';

/** Values that the scheme lists by row and column, or by date. */
export const LOOKED_UP: Operators = {
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
