import { parseInstant } from '../../contracts/instant.ts';
import type { Instant } from '../../core/units/time.ts';
import { Complaint } from '../complaint.ts';

/** `--from` and `--to`; absent ones are null. */
export function spanOptions(values: { readonly from?: string; readonly to?: string }): {
  readonly from: Instant | null;
  readonly to: Instant | null;
} {
  const from = instantOption('--from', values.from);
  const to = instantOption('--to', values.to);
  if (from !== null && to !== null && from >= to) throw new Complaint('--from must be before --to');
  return { from, to };
}

function instantOption(name: string, text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const at = parseInstant(text);
  if (at === null) throw new Complaint(`${name}: '${text}' is not an RFC 3339 instant`);
  return at;
}
