import { defineWords } from '../define-words.ts';

/** Names of the pages about money, for the page that lists all. */
export const moneyPages = defineWords(
  {
    claims: '补偿',
    claimsHint: '审批、申诉、金额的由来',
    fund: '补偿基金',
    fundHint: '余额、预算、流水、对账',
    payouts: '付款',
    payoutsHint: '付款文件、回单、收据',
    schemes: '补偿方案',
    schemesHint: '规则、版本、试算、选用',
  },
  {
    claims: 'Claims',
    claimsHint: 'Approval, appeals, how amounts came about',
    fund: 'Compensation fund',
    fundHint: 'Balance, budget, ledger, proof',
    payouts: 'Payouts',
    payoutsHint: 'Payment files, what the bank says, receipts',
    schemes: 'Schemes',
    schemesHint: 'Rules, versions, back-tests, choice',
  },
);
