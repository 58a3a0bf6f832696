import { DeviceState } from '../detection/device-state.ts';

/** Maps have no JSON form of their own. */
interface MapJson {
  readonly $map: readonly (readonly [unknown, unknown])[];
}

/** A deep copy of plain data as a JSON value; maps keep their order. The rest of the process waits for it: no more is done per value than must be. */
export function freeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return toJsonNumber(value);
  if (value instanceof Map) return { $map: Array.from(value, ([key, item]) => [key, freeze(item)]) };
  if (Array.isArray(value)) return value.map(freeze);
  if (value instanceof DeviceState) return value.toJSON();
  const copy: Record<string, unknown> = { ...value };
  for (const key in copy) {
    const item = copy[key];
    if (typeof item === 'object' || item === Number.POSITIVE_INFINITY) copy[key] = freeze(item);
  }
  return copy;
}

/** JSON has no infinity; a margin without a rival is one. */
function toJsonNumber(value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? { $infinity: true } : value;
}

export function thaw(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(thaw);
  if (typeof value !== 'object' || value === null) return value;
  if (isMapJson(value)) return new Map(value.$map.map(([key, item]) => [key, thaw(item)]));
  if ('$infinity' in value) return Number.POSITIVE_INFINITY;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, thaw(item)]));
}

function isMapJson(value: object): value is MapJson {
  return '$map' in value && Array.isArray(value.$map);
}
