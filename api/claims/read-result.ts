import type { Payout, PayoutBatch } from '../../core/payouts/payout.ts';
import type { FileFormat, PayoutMethod, ResultLine } from '../../core/ports/payout-method.ts';
import { type FieldError, Refused } from '../errors.ts';
import { payoutRefused } from './payout-desk.ts';

/** The rows of a result, once its totals are those of the batch and every row is the payout it names. */
export async function readResult(
  method: PayoutMethod,
  batch: PayoutBatch,
  payouts: readonly Payout[],
  given: { readonly format: FileFormat; readonly content_base64: string },
): Promise<readonly ResultLine[]> {
  if (method.read === undefined || !method.formats.includes(given.format)) throw payoutRefused('no_file');
  const bytes = Buffer.from(given.content_base64, 'base64');
  const read = await method.read(bytes, given.format, batch.currency);
  if (!read.ok) throw new Refused('payout_file_invalid', { errors: read.faults });
  const { count, sum_minor, sha256 } = batch.control;
  const faults: FieldError[] = [
    ...(read.control.count === count ? [] : [{ path: '/control/count', code: 'differs' }]),
    ...(read.control.sum_minor === sum_minor ? [] : [{ path: '/control/sum', code: 'differs' }]),
    ...(read.control.sha256 === sha256 ? [] : [{ path: '/control/sha256', code: 'differs' }]),
  ];
  const known = new Map(payouts.map((payout) => [payout.id, payout]));
  for (const [i, line] of read.lines.entries()) {
    const payout = known.get(line.id);
    if (payout === undefined) faults.push({ path: `/rows/${i + 1}/payout`, code: 'not_in_batch' });
    else if (payout.amount_minor !== line.amount_minor)
      faults.push({ path: `/rows/${i + 1}/amount`, code: 'differs' });
  }
  if (faults.length > 0) throw new Refused('payout_file_invalid', { errors: faults });
  return read.lines;
}
