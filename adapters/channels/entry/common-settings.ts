import { Type } from 'typebox';
import type { Price } from '../../../core/notices/cost.ts';

/** `https`, or `http` to this machine: a double, a proxy, a relay. No user name can hide the host. */
export const ENDPOINT_PATTERN =
  '^(https://[^\\s/@]+|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:\\d{1,5})?)(/[^\\s]*)?$';

export function Endpoint(title: string, options: object = {}) {
  return Type.String({ pattern: ENDPOINT_PATTERN, maxLength: 1_000, title, ...options });
}

export const TIMEOUT = Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000, default: 10_000 }));
export const TIMEOUT_MS = 10_000;

/** What a segment costs, for previews and caps. */
export const PRICING = {
  price: Type.Optional(
    Type.String({ pattern: '^\\d{1,6}(\\.\\d{1,6})?$', title: 'Price of a segment', examples: ['0.045'] }),
  ),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', default: 'CNY', title: 'Currency' })),
};

export function priceOf(settings: { readonly price?: string; readonly currency?: string }): {
  readonly price?: Price;
} {
  return settings.price === undefined
    ? {}
    : { price: { amount: settings.price, currency: settings.currency ?? 'CNY' } };
}
