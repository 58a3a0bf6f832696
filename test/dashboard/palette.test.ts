import { describe, expect, it } from 'vitest';
import { findItems, type PaletteItem } from '../../dashboard/src/state/palette.ts';
import { shortcutOf } from '../../dashboard/src/state/shortcuts.ts';

const item = (kind: PaletteItem['kind'], name: string, also = ''): PaletteItem => ({
  kind,
  name,
  also,
  to: `/${kind}/${name}`,
});
const items = [
  item('page', '看板'),
  item('page', '计划停电', 'planned'),
  item('node', '7 栋 B 单元干线', 'R-7B'),
  item('node', '7 栋 A 单元干线', 'R-7A'),
  item('node', '7B-0101', 'u-7B-0101'),
  item('device', 'a-R-7B', 'R-7B'),
  item('incident', '7 栋 B 单元干线 停电', 'INC7'),
  ...Array.from({ length: 50 }, (_, i) => item('node', `7B-${1000 + i}`)),
];

describe('the palette', () => {
  it('shows what is open and the pages before anything is typed', () => {
    expect(findItems(items, '  ').map(({ kind }) => kind)).toEqual(['incident', 'page', 'page']);
  });

  it('finds by id, by name and by several words in any order', () => {
    expect(findItems(items, 'r-7b')[0]?.name).toBe('7 栋 B 单元干线');
    expect(findItems(items, '干线 7').map(({ kind }) => kind)).toEqual(['incident', 'node', 'node']);
    expect(findItems(items, 'PLANNED')[0]?.name).toBe('计划停电');
    expect(findItems(items, 'nowhere')).toEqual([]);
  });

  it('shows no flood', () => {
    expect(findItems(items, '7b').filter(({ kind }) => kind === 'node').length).toBeLessThanOrEqual(7);
  });
});

describe('shortcuts', () => {
  const key = (given: string, more: Partial<Parameters<typeof shortcutOf>[0]> = {}) =>
    shortcutOf({ key: given, ctrlKey: false, metaKey: false, altKey: false, ...more }, null, {
      typing: false,
      single: true,
    });

  it('open the palette with Ctrl or Command, also while somebody types', () => {
    const typing = { typing: true, single: false };
    const event = { key: 'k', ctrlKey: true, metaKey: false, altKey: false };
    expect(shortcutOf(event, null, typing)).toEqual({ act: 'palette' });
    expect(shortcutOf({ ...event, ctrlKey: false, metaKey: true }, null, typing)).toEqual({ act: 'palette' });
  });

  it('of a single key do nothing while somebody types, or when turned off', () => {
    expect(key('?')).toEqual({ act: 'sheet' });
    const event = { key: '?', ctrlKey: false, metaKey: false, altKey: false };
    expect(shortcutOf(event, null, { typing: true, single: true })).toBeNull();
    expect(shortcutOf(event, null, { typing: false, single: false })).toBeNull();
  });

  it('go places with g and a letter', () => {
    const event = { key: 'n', ctrlKey: false, metaKey: false, altKey: false };
    expect(shortcutOf(event, 'g', { typing: false, single: true })).toEqual({ act: 'go', to: '/network' });
    expect(shortcutOf(event, null, { typing: false, single: true })).toBeNull();
  });
});
