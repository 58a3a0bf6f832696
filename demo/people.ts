import type { Chance } from '../simulators/chance.ts';

interface Person {
  readonly name: string;
  readonly phone: string;
  readonly language?: 'en';
}

const FAMILY = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'];
const GIVEN = [
  '伟',
  '芳',
  '娜',
  '敏',
  '静',
  '磊',
  '洋',
  '艳',
  '勇',
  '军',
  '杰',
  '娟',
  '涛',
  '明',
  '超',
  '秀英',
  '霞',
  '平',
  '桂英',
  '建国',
  '雨桐',
  '子涵',
  '浩然',
  '欣怡',
  '思远',
  '嘉琪',
];
const ABROAD = ['Emma Clarke', 'Liam Novak', 'Sofia Rossi', 'Noah Weber', 'Mia Tanaka', 'Lucas Silva'];

/** Owners keep for letting: every so often the next flat belongs to one of them. */
const INVESTORS = 6;
const INVESTOR_SHARE = 0.06;
const TENANT_SHARE = 0.2;
const ABROAD_SHARE = 0.03;

/** Invented people. Their numbers, +86 199 0000 xxxx, belong to nobody. */
export function createPeople(chance: Chance) {
  let count = 0;
  const investors: Person[] = [];

  function person(): Person {
    count += 1;
    const phone = `+861990000${String(count).padStart(4, '0')}`;
    if (chance.below(ABROAD_SHARE)) return { name: chance.pick(ABROAD), phone, language: 'en' };
    return { name: `${chance.pick(FAMILY)}${chance.pick(GIVEN)}`, phone };
  }

  return {
    /** Owner and, where it is let, occupant of the next premises. */
    next(kind: string): { readonly owner: Person; readonly occupant?: Person } {
      if (kind !== 'residential') return { owner: person() };
      const known =
        chance.below(INVESTOR_SHARE) && investors.length === INVESTORS ? chance.pick(investors) : undefined;
      const owner = known ?? person();
      if (investors.length < INVESTORS) investors.push(owner);
      const isLet = known !== undefined || chance.below(TENANT_SHARE);
      return isLet ? { owner, occupant: person() } : { owner };
    },
  };
}
