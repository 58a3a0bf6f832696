import type { ControlTotals } from '../../../core/payouts/payout.ts';
import type { PayoutLine, ReadResult, ResultLine } from '../../../core/ports/payout-method.ts';
import { money, moneyText, parseMoney } from '../../../core/units/money.ts';
import { controlTotals } from './control-totals.ts';
import type { Rows } from './sheet.ts';

/** The word in the first cell of the last row. */
const CONTROL = 'CONTROL';
const COLUMNS = ['payout', 'premises', 'amount', 'currency', 'result', 'receipt', 'reason'] as const;
type Column = (typeof COLUMNS)[number];
const BOOKED = new Set(['booked', 'ok', '成功', '已入账']);
const FAILED = new Set(['failed', '失败', '退回']);

/**
 * The rows of a file of payments: a heading, one row a payment, and the control row. `extra` are columns of the recipient
 * between; `result`, `receipt` and `reason` come back filled.
 */
export function paymentRows(
  batch: { readonly currency: string; readonly control: ControlTotals },
  lines: readonly PayoutLine[],
  extra: Readonly<Record<string, (line: PayoutLine) => string>> = {},
): Rows {
  const names = Object.keys(extra);
  const { currency, control } = batch;
  const amountText = (minor: number) => moneyText(money(minor, currency)).amount;
  return [
    ['payout', 'premises', ...names, 'amount', 'currency', 'result', 'receipt', 'reason'],
    ...lines.map((line) => {
      const own = Object.values(extra).map((of) => of(line));
      return [line.id, line.premises, ...own, amountText(line.amount_minor), currency, '', '', ''];
    }),
    [
      CONTROL,
      String(control.count),
      ...names.map(() => ''),
      amountText(control.sum_minor),
      currency,
      control.sha256,
      '',
      '',
    ],
  ];
}

/** Reads the rows back, by their headings; refuses what is no payment or says nothing of its result. */
export function readPaymentRows(rows: Rows, currency: string): ReadResult {
  const [heading = [], ...rest] = rows;
  const at = new Map(heading.map((name, i) => [name.trim(), i]));
  const missing = COLUMNS.filter((name) => !at.has(name));
  if (missing.length > 0)
    return { ok: false, faults: missing.map((name) => ({ path: `/heading/${name}`, code: 'missing' })) };
  const cell = (row: readonly string[], name: Column) => (row[at.get(name) ?? -1] ?? '').trim();
  const faults: { path: string; code: string }[] = [];
  const lines: ResultLine[] = [];
  const controls: ControlTotals[] = [];
  const seen = new Set<string>();
  for (const [i, row] of rest.entries()) {
    const path = `/rows/${i + 1}`;
    const amount = parseMoney(cell(row, 'amount'), currency);
    if (amount === null) faults.push({ path: `${path}/amount`, code: 'format' });
    if (cell(row, 'currency') !== currency) faults.push({ path: `${path}/currency`, code: 'differs' });
    const amount_minor = amount?.minor ?? 0;
    if (cell(row, 'payout') === CONTROL) {
      controls.push({
        count: Number(cell(row, 'premises')),
        sum_minor: amount_minor,
        sha256: cell(row, 'result'),
      });
      continue;
    }
    const result = cell(row, 'result').toLowerCase();
    const outcome = BOOKED.has(result) ? 'booked' : FAILED.has(result) ? 'failed' : null;
    if (outcome === null) faults.push({ path: `${path}/result`, code: 'neither_booked_nor_failed' });
    const [id, premises] = [cell(row, 'payout'), cell(row, 'premises')];
    if (seen.has(id)) faults.push({ path: `${path}/payout`, code: 'twice' });
    seen.add(id);
    lines.push({
      id,
      premises,
      amount_minor,
      outcome: outcome ?? 'failed',
      receipt: cell(row, 'receipt'),
      reason: cell(row, 'reason'),
    });
  }
  const [control] = controls;
  if (control === undefined || controls.length > 1) faults.push({ path: '/control', code: 'missing' });
  else if (!sameTotals(control, controlTotals(lines)))
    faults.push({ path: '/control', code: 'does_not_fit_rows' });
  if (faults.length > 0 || control === undefined) return { ok: false, faults };
  return { ok: true, lines, control };
}

function sameTotals(a: ControlTotals, b: ControlTotals): boolean {
  return a.count === b.count && a.sum_minor === b.sum_minor && a.sha256 === b.sha256;
}
