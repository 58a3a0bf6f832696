import type { ReadingBatch } from '../../core/ports/reading-store.ts';

export const MEASUREMENT = 'reading';

/** Holds the arrival and, being in every point, counts readings. No device field starts with a capital. */
export const ARRIVAL_FIELD = 'Arrival';

/** Field names that InfluxDB cannot tell from its time column or from our tags. */
const TAKEN = new Set(['time', 'site', 'device']);

export function storedName(field: string): string {
  return TAKEN.has(field) ? `Field_${field}` : field;
}

/**
 * Rows [from, to) as line protocol, one point a row with ms precision; absent values are left out.
 * Names must hold no control character and must not end in a backslash: see `lineFault`.
 */
export function linesOf(batch: ReadingBatch, from: number, to: number): string {
  const series = batch.devices.map(
    ({ site, device }) =>
      `${MEASUREMENT},device=${escapeKey(device)},site=${escapeKey(site)} ${ARRIVAL_FIELD}=`,
  );
  const columns = batch.fields.map(
    (field, index) =>
      [`,${escapeKey(storedName(field))}=`, batch.values[index] ?? new Float64Array(0)] as const,
  );

  let lines = '';
  for (let row = from; row < to; row += 1) {
    lines += `${series[batch.device[row] ?? 0]}${Math.floor(batch.arrival[row] ?? 0)}i`;
    for (const [name, values] of columns) {
      const value = values[row] ?? Number.NaN;
      if (Number.isFinite(value)) lines += name + value;
    }
    lines += ` ${Math.floor(batch.ts[row] ?? 0)}\n`;
  }
  return lines;
}

/** Line protocol has no way to write these names: a backslash at the end would escape what follows it. */
export function lineFault(batch: ReadingBatch): string | null {
  const names = [...batch.fields, ...batch.devices.flatMap(({ site, device }) => [site, device])];
  return names.some((name) => name.endsWith('\\')) ? 'a name ends in a backslash' : null;
}

/** Tag values, tag keys and field keys share one rule: comma, equals sign and space are escaped, quotes are not. */
export function escapeKey(text: string): string {
  return text.replace(/[,= ]/g, (character) => `\\${character}`);
}
