import { definePayout } from './entry/define-payout.ts';
import { paymentRows, readPaymentRows } from './entry/payment-rows.ts';
import { readSheet, writeSheet } from './entry/sheet.ts';

/** A credit on the next property-fee bill: a list for the billing system, and the list that comes back from it. */
export default definePayout({
  id: 'property-fee-bill',
  title: { 'zh-CN': '抵扣下期物业费', en: 'Credit on the next property-fee bill' },
  formats: ['csv', 'xlsx'],
  needsAccount: false,
  write: (batch, lines, format) =>
    writeSheet(
      `property-fee-credits-${batch.id}`,
      paymentRows(batch, lines, { incident: ({ incident }) => incident }),
      format,
    ),
  async read(bytes, format, currency) {
    const rows = await readSheet(bytes, format);
    if (rows === null) return { ok: false, faults: [{ path: '', code: 'no_sheet' }] };
    return readPaymentRows(rows, currency);
  },
});
