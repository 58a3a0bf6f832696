/** Siblings on one busbar often end alike ("… riser"): what they share tells nothing there and is left out. */
export function withoutSharedEnding(names: readonly string[]): string[] {
  const ending = sharedEnding(names);
  return names.map((name) => {
    const rest = name.endsWith(ending) ? name.slice(0, name.length - ending.length).trim() : name;
    return rest === '' ? name : rest;
  });
}

/** The longest ending of two characters or more that most names have, if at least half of them have it. */
function sharedEnding(names: readonly string[]): string {
  let best = '';
  let most = 1;
  for (const name of names) {
    for (let start = 0; start <= name.length - 2; start += 1) {
      // A Latin word is left out whole or not at all.
      if (/^[A-Za-z]{2}/.test(name.slice(start - 1)) && start > 0) continue;
      const ending = name.slice(start);
      const count = names.filter((other) => other.endsWith(ending)).length;
      if (count > most || (count === most && ending.length > best.length)) {
        best = ending;
        most = count;
      }
    }
  }
  return most > 1 && most * 2 >= names.length ? best : '';
}

/** Width in em: a Chinese character takes one, a Latin letter or digit about 0.56. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += /[\u2e80-\uffef]/.test(char) ? 1 : 0.56;
  return width;
}

/** Breaks at spaces where it can, inside a word where it must; what does not fit ends in an ellipsis. */
export function wrapLabel(text: string, width_em: number, rows: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (widthOf(joined) <= width_em) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    const parts = evenParts(word, width_em);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1) ?? '';
  }
  if (line !== '') lines.push(line);
  if (lines.length <= rows) return lines;
  const last = lines[rows - 1] ?? '';
  return [...lines.slice(0, rows - 1), `${last.slice(0, Math.max(1, last.length - 1))}…`];
}

/** "商铺总开关" breaks into 商铺总 and 开关, not into four and one. */
function evenParts(word: string, width_em: number): string[] {
  const chars = [...word];
  const count = Math.ceil(widthOf(word) / width_em);
  const length = Math.ceil(chars.length / Math.max(1, count));
  return Array.from({ length: Math.ceil(chars.length / length) }, (_, i) =>
    chars.slice(i * length, (i + 1) * length).join(''),
  );
}
