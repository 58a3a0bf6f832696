import { definePayout } from './entry/define-payout.ts';
import { paymentRows, readPaymentRows } from './entry/payment-rows.ts';
import { readSheet, writeSheet } from './entry/sheet.ts';

/** A file of transfers for the bank. Whole account numbers stand in the file alone. */
export default definePayout({
  id: 'bank-batch',
  title: { 'zh-CN': '银行批量转账', en: 'Bank transfers in a batch' },
  formats: ['csv'],
  needsAccount: true,
  write: (batch, lines, format) =>
    writeSheet(
      `bank-transfers-${batch.id}`,
      paymentRows(batch, lines, {
        holder: ({ account }) => account?.holder ?? '',
        bank: ({ account }) => account?.bank ?? '',
        account: ({ account }) => account?.number ?? '',
      }),
      format,
    ),
  async read(bytes, format, currency) {
    const rows = await readSheet(bytes, format);
    if (rows === null) return { ok: false, faults: [{ path: '', code: 'no_sheet' }] };
    return readPaymentRows(rows, currency);
  },
});
