import { describe, expect, it } from 'vitest';
import { en } from '../../dashboard/src/i18n/en.ts';
import { fill } from '../../dashboard/src/i18n/fill.ts';
import { zhCn } from '../../dashboard/src/i18n/zh-cn.ts';

const sources = Object.entries(
  import.meta.glob<string>('../../dashboard/src/**/*.{svelte,ts}', {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)
  .filter(([file]) => !/i18n\/(en|zh-cn)\.ts$/.test(file))
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

describe('messages', () => {
  it('stand in both languages under the same keys', () => {
    expect(new Set(Object.keys(en))).toEqual(new Set(Object.keys(zhCn)));
  });

  it('are all used', () => {
    expect(Object.keys(zhCn).filter((key) => !isUsed(key))).toEqual([]);
  });

  it('name the same parameters in both languages', () => {
    const parametersOf = (text: string) =>
      new Set([...text.matchAll(/\{(\w+)(?::[^}]*)?\}/g)].map(([, name]) => name));
    for (const [key, chinese] of Object.entries(zhCn)) {
      const english = en[key as keyof typeof en];
      const needed = parametersOf(chinese);
      const missing = [...needed].filter((name) => !parametersOf(english).has(name) && english !== '');
      expect(missing, `${key} in English`).toEqual([]);
      const unknown = [...parametersOf(english)].filter((name) => !needed.has(name) && !/:\w/.test(english));
      expect(unknown, `${key} in Chinese`).toEqual([]);
    }
  });

  it('hold no Chinese in English', () => {
    for (const [key, text] of Object.entries(en)) expect(text, key).not.toMatch(/[\u3400-\u9fff，。：（）]/);
  });

  it('hold no English sentence in Chinese', () => {
    for (const [key, text] of Object.entries(zhCn)) {
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
