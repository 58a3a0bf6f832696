import type { ReadingBatch } from '../../core/ports/reading-store.ts';

export interface Row {
  readonly site: string;
  readonly device: string;
  readonly ts: number;
  readonly arrival: number;
  readonly fields: Readonly<Record<string, number>>;
}

/** Rows as the columns a store takes. */
export function batchOf(rows: readonly Row[]): ReadingBatch {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row.fields)))];
  const names = [...new Set(rows.map((row) => `${row.site}\n${row.device}`))];
  return {
    devices: names.map((name) => {
      const [site = '', device = ''] = name.split('\n');
      return { site, device };
    }),
    device: Uint32Array.from(rows, (row) => names.indexOf(`${row.site}\n${row.device}`)),
    ts: Float64Array.from(rows, (row) => row.ts),
    arrival: Float64Array.from(rows, (row) => row.arrival),
    fields,
    values: fields.map((field) => Float64Array.from(rows, (row) => row.fields[field] ?? Number.NaN)),
  };
}

/** `devices` × `steps` readings of eight fields, one batch per step. */
export function* fleetBatches(fleet: {
  readonly site: string;
  readonly devices: number;
  readonly steps: number;
  readonly from: number;
  readonly interval_ms: number;
  readonly fields?: readonly string[];
}): Generator<ReadingBatch> {
  const fields = fleet.fields ?? eightFields;
  const devices = Array.from({ length: fleet.devices }, (_, index) => ({
    site: fleet.site,
    device: `m-${index}`,
  }));
  const device = Uint32Array.from(devices, (_, index) => index);
  for (let step = 0; step < fleet.steps; step += 1) {
    const at = fleet.from + step * fleet.interval_ms;
    yield {
      devices,
      device,
      ts: new Float64Array(fleet.devices).fill(at),
      arrival: new Float64Array(fleet.devices).fill(at + 40),
      fields,
      values: fields.map((_, field) => Float64Array.from(device, (index) => measured(step, index, field))),
    };
  }
}

export const eightFields: readonly string[] = [
  'voltage_a',
  'voltage_b',
  'voltage_c',
  'current_a',
  'current_b',
  'current_c',
  'power',
  'energy',
];

/** Two decimals that wander, as a meter's do. */
function measured(step: number, device: number, field: number): number {
  return (
    Math.round(
      (230 + 8 * Math.sin(step / 50 + device + field) + ((step * 7919 + device * 104_729) % 100) / 50) * 100,
    ) / 100
  );
}
