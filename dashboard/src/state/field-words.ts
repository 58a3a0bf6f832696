import { decimal } from '../format.ts';
import { t } from '../i18n/language.svelte.ts';
import { type MessageKey, zhCn } from '../i18n/zh-cn.ts';

/** Unit and decimals of the measured fields people read; the first match counts. Factor: from the field's unit to the shown one. */
const SHOWN: readonly (readonly [RegExp, string, number, number])[] = [
  [/^voltage/, 'V', 1, 1],
  [/^current/, 'A', 1, 2],
  [/^power_factor/, '', 2, 1],
  [/^power_failures/, '', 0, 1],
  [/^power/, 'kW', 3, 0.001],
  [/^energy/, 'kWh', 1, 1],
  [/^frequency/, 'Hz', 2, 1],
  [/^temperature/, '°C', 1, 1],
  [/^battery/, '%', 0, 1],
  [/^rssi/, 'dBm', 0, 1],
  [/^uptime_s/, 's', 0, 1],
  [/^(relay|running)$/, '', 0, 1],
];

/** A field in the reader's words; a field nobody named yet keeps its own name. */
export function fieldName(field: string): string {
  const phase = /^(.+)_(a|b|c|ab|bc|ca)$/.exec(field);
  const base = phase?.[1] ?? field;
  const key = `field.${base}`;
  const name = isKey(key) ? t(key) : base;
  return phase?.[2] === undefined ? name : t('field.phase', { name, phase: phase[2].toUpperCase() });
}

export function fieldUnit(field: string): string {
  return shown(field)?.[1] ?? '';
}

export function fieldText(field: string, value: number): string {
  const [, , digits, factor] = shown(field) ?? [null, '', 2, 1];
  return decimal(value * factor, digits);
}

/** From the field's own unit to the shown one. */
export function fieldFactor(field: string): number {
  return shown(field)?.[3] ?? 1;
}

function shown(field: string) {
  return SHOWN.find(([pattern]) => pattern.test(field));
}

function isKey(key: string): key is MessageKey {
  return key in zhCn;
}
