import { definePayout } from './entry/define-payout.ts';

/** Paid by hand, over the counter or otherwise; the number of the receipt books it. */
export default definePayout({
  id: 'manual',
  title: { 'zh-CN': '人工支付（凭收据）', en: 'By hand, against a receipt' },
  formats: [],
  needsAccount: false,
});
