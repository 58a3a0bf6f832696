import { byMonth, localMonth } from '../units/calendar.ts';
import type { Rule } from './compiled.ts';
import type { Counted } from './counted-time.ts';
import type { Piece } from './scope.ts';

/** What an amount is worked out for: its name, its counted time and where it stands in the calendar. */
export interface Part {
  readonly name: string;
  readonly month: string;
  readonly pieces: readonly Piece[];
  readonly interruption: Counted['interruption'] | null;
}

export function partsOf(per: Rule['per'], counted: readonly Counted[], zone: string): readonly Part[] {
  const withTime = counted.filter(({ pieces }) => pieces.length > 0);
  switch (per) {
    case 'interruption':
      return withTime.map(({ interruption, pieces }) => ({
        name: interruption.id,
        month: monthOf(pieces, zone),
        pieces,
        interruption,
      }));
    case 'case': {
      const pieces = withTime.flatMap((one) => one.pieces);
      return pieces.length === 0
        ? []
        : [{ name: 'case', month: monthOf(pieces, zone), pieces, interruption: null }];
    }
    case 'month':
      return months(
        withTime.flatMap((one) => one.pieces),
        zone,
      );
  }
}

function months(pieces: readonly Piece[], zone: string): readonly Part[] {
  const found = new Map<string, Piece[]>();
  for (const piece of pieces) {
    for (const { month, from, to } of byMonth(piece, zone)) {
      const part = found.get(month) ?? [];
      part.push({ from, to, origin: piece.origin });
      found.set(month, part);
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, own]) => ({ name: month, month, pieces: own, interruption: null }));
}

function monthOf(pieces: readonly Piece[], zone: string): string {
  return localMonth(Math.min(...pieces.map(({ from }) => from)), zone);
}
