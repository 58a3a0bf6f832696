/** Midnight before `at` in the site's zone; right to the hour on days without a change of clocks. */
export function startOfDay(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
    timeZone,
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((entry) => entry.type === type)?.value ?? 0);
  const since_s = part('hour') * 3600 + part('minute') * 60 + part('second');
  return at - since_s * 1000 - (at % 1000);
}

/** A running clock: `08:41`, from one hour on `1:14:51`. */
export function stopwatch(length_ms: number): string {
  const seconds = Math.max(0, Math.floor(length_ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}
