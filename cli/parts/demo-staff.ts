import type { StaffMember } from '../../core/dispatch/staff-member.ts';
import type { Roster } from '../../core/roster/roster.ts';

type DemoEngineer = StaffMember & { readonly phone: string };

function engineer(id: string, name: string, phone: string, skills: readonly string[]): DemoEngineer {
  return { id, name, phone, language: 'zh-CN', skills, account: null, active: true };
}

/** Invented, as everybody of the demo compound is; the numbers belong to nobody. */
export const DEMO_STAFF: readonly DemoEngineer[] = [
  engineer('eng-zhao', '赵工', '+8610000000001', ['lv', 'hv']),
  engineer('eng-qian', '钱工', '+8610000000002', ['lv']),
  engineer('eng-sun', '孙工', '+8610000000003', ['lv', 'hv']),
  engineer('eng-li', '李工', '+8610000000004', ['lv']),
];

/** 四班三倒: four crews of one, three shifts a day; the others come behind as backups. */
export const DEMO_ROSTER: Roster = {
  shifts: [
    { id: 'night', name: '夜班', start: '00:00' },
    { id: 'day', name: '白班', start: '08:00' },
    { id: 'late', name: '中班', start: '16:00' },
  ],
  crews: DEMO_STAFF.map(({ id, name }) => ({ id, name, members: [id] })),
  anchor: '2026-01-01',
  cycle: [
    ['eng-zhao', 'eng-qian', 'eng-sun'],
    ['eng-li', 'eng-zhao', 'eng-qian'],
    ['eng-sun', 'eng-li', 'eng-zhao'],
    ['eng-qian', 'eng-sun', 'eng-li'],
  ],
  holidays: [],
  leave: [],
  swaps: [],
  backups: DEMO_STAFF.map(({ id }) => id),
};
