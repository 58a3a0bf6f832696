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
    backTest: '方案试算',
    facts: '核算所需内容',
    factsHint: '物业费、面积等：告知、更正、导入',
    accounts: '收款账户',
    accountsHint: '业主的银行账户：录入、更正、停用',
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
    backTest: 'Back-test of a scheme',
    facts: 'Facts for compensation',
    factsHint: 'Fees, areas and the like: tell, correct, import',
    accounts: 'Bank accounts',
    accountsHint: 'Where owners are paid: enter, correct, withdraw',
  },
);
