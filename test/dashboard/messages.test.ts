import { describe, expect, it } from 'vitest';
import type { Words } from '../../dashboard/src/i18n/define-words.ts';
import { en } from '../../dashboard/src/i18n/en.ts';
import { fill } from '../../dashboard/src/i18n/fill.ts';
import { problems } from '../../dashboard/src/i18n/pages/problems.ts';
import { zhCn } from '../../dashboard/src/i18n/zh-cn.ts';

/** Dictionaries of one subject each, which know their own keys. */
const subjects = Object.values(
  import.meta.glob<Record<string, Words<string>>>('../../dashboard/src/i18n/pages/*.ts', { eager: true }),
).flatMap((exported) => Object.values(exported));
const dictionaries = [{ 'zh-CN': zhCn, en } as Words<string>, ...subjects];

const sources = Object.entries(
  import.meta.glob<string>('../../dashboard/src/**/*.{svelte,ts}', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)
  .filter(([file]) => !/i18n\/(en|zh-cn|pages\/.*)\.ts$/.test(file))
  .map(([, text]) => text)
  .join('\n');

/** Keys put together from a state or a choice; the name before the dot is written out nowhere else. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  incidents: ['all', 'open', 'closed', 'unacknowledged'],
  incident: ['running', 'final'],
  delivery: [
    'owed',
    'claimed',
    'sent',
    'delivered',
    'failed',
    'undelivered',
    'unknown',
    'superseded',
    'blocked',
  ],
  facade: ['lit', 'dark', 'unknown'],
  diagram: ['live', 'dead', 'unknown'],
};
const WHOLE_FAMILIES = [
  'step',
  'field',
  'device.range',
  'stage',
  'channel',
  'event',
  'incident.basis',
  'priority',
  'kind',
  'quarantine',
  'role',
  'me.theme',
  'state',
  'quality',
  'node',
];

/** Names that are the same in every language. */
const SAME_EVERYWHERE = new Set(['UPS']);

function isUsed(key: string): boolean {
  if (sources.includes(`'${key}'`)) return true;
  const cut = key.lastIndexOf('.');
  const family = key.slice(0, cut);
  const built = sources.includes(`\`${family}.\${`);
  return (
    built && (WHOLE_FAMILIES.includes(family) || (FAMILIES[family]?.includes(key.slice(cut + 1)) ?? false))
  );
}

/** Whose a premises is, as the server says it. */
const ROLES = new Set(['owner', 'occupant']);

/** A subject's families are named after what the server calls things. */
function isUsedOrNamed(key: string): boolean {
  if (sources.includes(`'${key}'`)) return true;
  const family = key.slice(0, key.lastIndexOf('.'));
  return (
    sources.includes(`\`${family}.\${`) ||
    /\b(over|until)\./.test(key) ||
    key in problems.en ||
    ROLES.has(key)
  );
}

function pairsOf(words: Words<string>): [key: string, chinese: string, english: string][] {
  return Object.entries(words['zh-CN']).map(([key, text]) => [key, text, words.en[key] ?? '']);
}

describe('messages', () => {
  it('stand in both languages under the same keys', () => {
    for (const words of dictionaries)
      expect(new Set(Object.keys(words.en))).toEqual(new Set(Object.keys(words['zh-CN'])));
  });

  it('are all used', () => {
    expect(Object.keys(zhCn).filter((key) => !isUsed(key))).toEqual([]);
    const unused = subjects.flatMap((words) => Object.keys(words.en)).filter((key) => !isUsedOrNamed(key));
    expect(unused).toEqual([]);
  });

  it('name the same parameters in both languages', () => {
    const parametersOf = (text: string) =>
      new Set([...text.matchAll(/\{(\w+)(?::[^}]*)?\}/g)].map(([, name]) => name));
    for (const [key, chinese, english] of dictionaries.flatMap(pairsOf)) {
      const needed = parametersOf(chinese);
      const missing = [...needed].filter((name) => !parametersOf(english).has(name) && english !== '');
      expect(missing, `${key} in English`).toEqual([]);
      const unknown = [...parametersOf(english)].filter((name) => !needed.has(name) && !/:\w/.test(english));
      expect(unknown, `${key} in Chinese`).toEqual([]);
    }
  });

  it('hold no Chinese in English', () => {
    for (const [key, , text] of dictionaries.flatMap(pairsOf))
      expect(text, key).not.toMatch(/[\u3400-\u9fff，。：（）]/);
  });

  it('hold no English sentence in Chinese', () => {
    for (const [key, text] of dictionaries.flatMap(pairsOf)) {
      if (SAME_EVERYWHERE.has(text)) continue;
      expect(text, key).not.toMatch(/[A-Za-z]{3,}[ ,][A-Za-z]{2,}[ ,][A-Za-z]{2,}/);
      expect(text.replace(/\{[^}]*\}/g, ''), key).toMatch(/[\u3400-\u9fff]|^[\s/–·、]*$/);
    }
  });
});

describe('filling a message', () => {
  it('puts values in, chooses the word for one and for many, and shows what is missing', () => {
    expect(fill('{n} {n:unit|units} of {all}', { n: 1, all: 40 })).toBe('1 unit of 40');
    expect(fill('{n} {n:unit|units} of {all}', { n: 2 })).toBe('2 units of {all}');
  });
});
