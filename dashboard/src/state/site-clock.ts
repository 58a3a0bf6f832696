/** `2026-11-26T14:05:09` as the site's wall clock shows an instant; what a `datetime-local` field holds. */
export function toSiteClock(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).formatToParts(at);
  const part = (type: string) => parts.find((entry) => entry.type === type)?.value ?? '00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
}

/** The instant at which the site's clock shows this; the first of two where it is set back, and just after a gap. */
export function fromSiteClock(text: string, timeZone: string): number {
  const asUtc = Date.parse(`${text}Z`);
  const offsetAt = (at: number) => Date.parse(`${toSiteClock(at, timeZone)}Z`) - at;
  const earlier = asUtc - offsetAt(asUtc - 86_400_000);
  if (offsetAt(earlier) === asUtc - earlier) return earlier;
  return asUtc - offsetAt(asUtc + 86_400_000);
}
