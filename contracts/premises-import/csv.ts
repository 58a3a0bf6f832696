/** Characters, not bytes; a list of 10,000 premises is a tenth of it. */
export const CSV_CHARACTERS = 8_000_000;

export type Csv =
  | { readonly rows: readonly (readonly string[])[] }
  | { readonly fault: 'quote_open' | 'quote_misplaced'; readonly line: number };

/**
 * RFC 4180, with what spreadsheets write besides: a byte-order mark, LF alone, and semicolons or tabs for commas where the
 * first line has those instead. Rows of empty cells are left out.
 */
export function readCsv(text: string): Csv {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const separator = separatorOf(content);
  const rows: string[][] = [];
  let row: string[] = [];
  let line = 1;
  let at = 0;
  const endRow = (): void => {
    if (row.some((cell) => cell.trim() !== '')) rows.push(row);
    row = [];
  };

  while (at < content.length) {
    let cell = '';
    if (content[at] === '"') {
      const began = line;
      const quoted = readQuoted(content, at + 1);
      if (quoted === null) return { fault: 'quote_open', line: began };
      cell = quoted.cell;
      line += cell.split('\n').length - 1;
      at = quoted.end;
      if (at < content.length && !isEnd(content, at, separator)) return { fault: 'quote_misplaced', line };
    } else {
      const began = at;
      while (at < content.length && !isEnd(content, at, separator)) at += 1;
      cell = content.slice(began, at);
      if (cell.includes('"')) return { fault: 'quote_misplaced', line };
    }
    row.push(cell);
    if (content[at] === separator) {
      at += 1;
      // A separator at the very end stands before one more, empty cell.
      if (at === content.length || content[at] === '\n' || content[at] === '\r') row.push('');
    }
    if (content[at] === '\r' && content[at + 1] === '\n') at += 1;
    if (content[at] === '\n' || content[at] === '\r') {
      at += 1;
      line += 1;
      endRow();
    }
  }
  endRow();
  return { rows };
}

function separatorOf(content: string): string {
  const first = content.slice(0, content.search(/[\r\n]|$/));
  const counts = [',', ';', '\t'].map((mark) => ({ mark, count: first.split(mark).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

function isEnd(content: string, at: number, separator: string): boolean {
  const mark = content[at];
  return mark === separator || mark === '\n' || mark === '\r';
}

/** From behind the opening quote to behind the closing one; two quotes stand for one. */
function readQuoted(content: string, from: number): { readonly cell: string; readonly end: number } | null {
  let cell = '';
  for (let at = from; ; ) {
    const quote = content.indexOf('"', at);
    if (quote === -1) return null;
    cell += content.slice(at, quote);
    if (content[quote + 1] !== '"') return { cell, end: quote + 1 };
    cell += '"';
    at = quote + 2;
  }
}
