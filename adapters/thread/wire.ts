import type { Transferable } from 'node:worker_threads';

/**
 * What a worker offers: each procedure takes one structured-cloneable request and answers with one.
 * Use a `type`, not an `interface`: only a type alias fits this index signature.
 */
export type Procedures = Record<string, (request: never) => unknown>;

export type RequestOf<P extends Procedures, K extends keyof P> = Parameters<P[K]>[0];

export type ResponseOf<P extends Procedures, K extends keyof P> =
  Awaited<ReturnType<P[K]>> extends Transferred<infer T> ? T : Awaited<ReturnType<P[K]>>;

/** A response whose buffers move to the other thread instead of being copied. */
export class Transferred<T> {
  readonly value: T;
  readonly transfer: readonly Transferable[];
  constructor(value: T, transfer: readonly Transferable[]) {
    this.value = value;
    this.transfer = transfer;
  }
}

export interface WireRequest {
  readonly id: number;
  readonly procedure: string;
  readonly request: unknown;
}

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export type WireReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ok'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError };

/** Sent by the client as its last message; the worker closes and leaves. */
export const STOP = 'stop';
