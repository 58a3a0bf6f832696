import type { ReadingBatch } from '../ports/reading-store.ts';

/** Year 9999: anything later is no instant a device can mean, and no store formats it. */
const LAST_INSTANT = 253_402_300_799_999;

/** Says what makes a batch unfit for any store; null when it is sound. Sending it again would fail again. */
export function batchFault(batch: ReadingBatch): string | null {
  const rows = batch.ts.length;
  if (batch.device.length !== rows || batch.arrival.length !== rows) return 'columns differ in length';
  if (batch.values.length !== batch.fields.length) return 'a column per field is missing';
  if (batch.values.some((column) => column.length !== rows)) return 'a field column differs in length';
  if (new Set(batch.fields).size !== batch.fields.length) return 'a field is named twice';

  return nameFault(batch) ?? rowFault(batch);
}

function nameFault(batch: ReadingBatch): string | null {
  if (batch.fields.some((field) => field.length === 0 || hasControlCharacter(field)))
    return 'a field name is unusable';
  for (const { site, device } of batch.devices) {
    if (site.length === 0 || device.length === 0) return 'a site or device name is empty';
    if (hasControlCharacter(site) || hasControlCharacter(device)) return 'a site or device name is unusable';
  }
  return null;
}

function rowFault(batch: ReadingBatch): string | null {
  for (let row = 0; row < batch.ts.length; row += 1) {
    if (!isInstant(batch.ts[row]) || !isInstant(batch.arrival[row])) return `row ${row} has no usable time`;
    if ((batch.device[row] ?? 0) >= batch.devices.length) return `row ${row} names no device`;
  }
  return null;
}

function isInstant(value: number | undefined): boolean {
  return value !== undefined && value >= 0 && value <= LAST_INSTANT;
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
