import type { Move } from './advance.ts';

export interface Reply {
  readonly code: string;
  readonly move: Extract<Move, 'accept' | 'arrive' | 'decline'>;
}

const WORDS: Readonly<Record<Reply['move'], readonly string[]>> = {
  accept: ['', '1', 'y', 'yes', 'ok', '接', '接单'],
  arrive: ['2', 'a', 'arrived', '到', '到场', '已到'],
  decline: ['0', 'n', 'no', '拒', '拒绝'],
};

/** What an engineer's SMS says: the code alone accepts, `code 2` arrives, `code 0` declines; null when it is no such reply. */
export function readReply(text: string): Reply | null {
  const found = /^\s*([0-9０-９]{4})(?![0-9０-９])[\s,，.。:：]*(.{0,20}?)\s*[.。!！]*\s*$/u.exec(text);
  const code = found?.[1]?.normalize('NFKC');
  if (code === undefined) return null;
  const word = (found?.[2] ?? '').normalize('NFKC').toLowerCase();
  for (const move of ['accept', 'arrive', 'decline'] as const) {
    if (WORDS[move].includes(word)) return { code, move };
  }
  return null;
}
