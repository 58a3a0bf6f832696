export interface PaletteItem {
  readonly kind: 'page' | 'incident' | 'node' | 'device';
  readonly name: string;
  /** What it is also known by: an id, a building. */
  readonly also: string;
  readonly to: string;
}

/** Shown at once; more are found by typing on. */
const PER_KIND = 7;
const KINDS = ['incident', 'page', 'node', 'device'] as const;

/**
 * What fits all the words typed, the best first within each kind: a name or id that is the text, then one that begins with it.
 * With nothing typed what is open and the pages.
 */
export function findItems(items: readonly PaletteItem[], text: string): readonly PaletteItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const whole = words.join(' ');
  const shown =
    words.length === 0 ? items.filter(({ kind }) => kind === 'incident' || kind === 'page') : items;
  const fitting = shown
    .filter(({ name, also }) => {
      const about = `${name} ${also}`.toLowerCase();
      return words.every((word) => about.includes(word));
    })
    .map((item, place) => ({ item, place, rank: rankOf(item, whole) }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .map(({ item }) => item);
  const most = words.length === 0 ? Number.POSITIVE_INFINITY : PER_KIND;
  return KINDS.flatMap((kind) => fitting.filter((item) => item.kind === kind).slice(0, most));
}

function rankOf({ name, also }: PaletteItem, text: string): number {
  const names = [name.toLowerCase(), ...also.toLowerCase().split(' ')];
  if (names.includes(text)) return 0;
  return names.some((one) => one.startsWith(text)) ? 1 : 2;
}
