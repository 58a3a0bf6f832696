import type { DeviceRef, ReadingBatch } from '../core/ports/reading-store.ts';
import type { Reading } from '../core/readings/message.ts';
import type { Instant } from '../core/units/time.ts';

/** A native history upload holds as many readings at most, and is never cut in two. */
const LONGEST_MESSAGE = 500;
/** Devices may send fields of their own; a batch with more columns than this is sent on its own. */
const MOST_FIELDS = 256;

/** Gathers readings into columns. */
export interface BatchBuilder {
  add(site: string, reading: Reading, arrival: Instant): void;
  rows(): number;
  /** Nothing more should be added before {@link take}. */
  full(): boolean;
  take(): ReadingBatch;
}

export function createBatchBuilder(limit_rows: number): BatchBuilder {
  const capacity = limit_rows + LONGEST_MESSAGE;
  let deviceIds = new Map<string, Map<string, number>>();
  let devices: DeviceRef[] = [];
  let device = new Uint32Array(capacity);
  let ts = new Float64Array(capacity);
  let arrivals = new Float64Array(capacity);
  let columns = new Map<string, Float64Array>();
  let rows = 0;

  function numberOf(site: string, id: string): number {
    let ofSite = deviceIds.get(site);
    if (ofSite === undefined) {
      ofSite = new Map();
      deviceIds.set(site, ofSite);
    }
    let number = ofSite.get(id);
    if (number === undefined) {
      number = devices.length;
      devices.push({ site, device: id });
      ofSite.set(id, number);
    }
    return number;
  }

  function columnOf(field: string): Float64Array {
    let column = columns.get(field);
    if (column === undefined) {
      column = new Float64Array(capacity).fill(Number.NaN);
      columns.set(field, column);
    }
    return column;
  }

  return {
    add(site, reading, arrival) {
      device[rows] = numberOf(site, reading.device);
      ts[rows] = reading.ts;
      arrivals[rows] = arrival;
      for (const field in reading.fields) columnOf(field)[rows] = reading.fields[field] ?? Number.NaN;
      rows += 1;
    },
    rows: () => rows,
    full: () => rows >= limit_rows || columns.size >= MOST_FIELDS,
    take() {
      const batch: ReadingBatch = {
        devices,
        device: device.subarray(0, rows),
        ts: ts.subarray(0, rows),
        arrival: arrivals.subarray(0, rows),
        fields: [...columns.keys()],
        values: [...columns.values()].map((column) => column.subarray(0, rows)),
      };
      deviceIds = new Map();
      devices = [];
      device = new Uint32Array(capacity);
      ts = new Float64Array(capacity);
      arrivals = new Float64Array(capacity);
      columns = new Map();
      rows = 0;
      return batch;
    },
  };
}

/** Rows [from, to) of a batch, sharing its memory. */
export function sliceBatch(batch: ReadingBatch, from: number, to: number): ReadingBatch {
  return {
    devices: batch.devices,
    fields: batch.fields,
    device: batch.device.subarray(from, to),
    ts: batch.ts.subarray(from, to),
    arrival: batch.arrival.subarray(from, to),
    values: batch.values.map((column) => column.subarray(from, to)),
  };
}

/** One row as an object, for a person to read. */
export function rowOf(batch: ReadingBatch, row: number): Record<string, unknown> {
  const fields = batch.fields.flatMap((field, column) => {
    const value = batch.values[column]?.[row] ?? Number.NaN;
    return Number.isNaN(value) ? [] : [[field, value] as const];
  });
  const ref = batch.devices[batch.device[row] ?? -1];
  return { ...ref, ts: batch.ts[row], arrival: batch.arrival[row], fields: Object.fromEntries(fields) };
}
