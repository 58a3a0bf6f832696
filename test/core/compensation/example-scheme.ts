import { readCase } from '../../../contracts/assess-case.ts';
import { readScheme } from '../../../contracts/scheme.ts';
import { assess } from '../../../core/compensation/assess.ts';
import type { Assessment } from '../../../core/compensation/case.ts';
import type { Scheme } from '../../../core/compensation/compiled.ts';

export type Json = Record<string, unknown>;

const words = { 'zh-CN': '示例', en: 'example' };

/** A rule that pays 1 per counted hour of each interruption, with what a test changes. */
export function rule(change: Json = {}): Json {
  return {
    id: 'r',
    title: words,
    payer: 'property',
    per: 'interruption',
    amount: { multiply: ['1', { elapsed: 'hour' }] },
    round: { mode: 'half_up', to: '0.01', at: 'part' },
    ...change,
  };
}

/** A scheme of one version around some rules; reasons that rules give need no words here. */
export function schemeOf(rules: readonly Json[], change: Json = {}, version: Json = {}): Json {
  const reasons = [...JSON.stringify([rules, change]).matchAll(/"reason":"(\w+)"/g)].map(([, name]) => name);
  return {
    id: 'example',
    title: words,
    source: { title: 'a test', reference: 'a test' },
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    parameters: {},
    reasons: Object.fromEntries(reasons.map((name) => [name, words])),
    versions: [{ from: '2000-01-01', to: null, rules, ...version }],
    ...change,
  };
}

export function compiled(json: unknown): Scheme {
  const read = readScheme(json);
  if (!read.ok) throw new Error(read.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return read.scheme;
}

export function assessed(scheme: Scheme, given: Json): Assessment {
  const read = readCase({ premises: {}, interruptions: [], at: '2030-01-01T00:00:00Z', ...given });
  if (!read.ok) throw new Error(read.faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return assess(scheme, read.case);
}

/** An interruption from a local time with its offset, so many hours long. */
export function cut(from: string, hours: number, change: Json = {}): Json {
  const start = Date.parse(from);
  return { from, to: new Date(start + Math.round(hours * 3_600_000)).toISOString(), ...change };
}

/** What a scheme of one rule pays for some interruptions. */
export function paid(rules: readonly Json[], cuts: readonly Json[], more: Json = {}): string {
  const { scheme = {}, version = {}, ...given } = more as { scheme?: Json; version?: Json } & Json;
  const result = assessed(compiled(schemeOf(rules, scheme, version)), { interruptions: cuts, ...given });
  return result.refused === null ? result.total.amount : JSON.stringify(result.refused);
}
