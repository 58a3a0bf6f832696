/** One order for all transactions, so that they lock rows in the same order. */
export function byCodePoint(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
