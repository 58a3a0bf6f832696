import type { Device, Gateway, NetworkNode, Premises, SiteFacts, Tie, Transfer } from './site.ts';

/** An entry together with where it stood in its document, so that a fault can point at it. */
export interface Located<T> {
  readonly path: string;
  readonly value: T;
}

/** An id somebody gave to something, even where the rest of that entry is unusable. */
export interface Claim {
  readonly id: string;
  readonly path: string;
}

/**
 * What could be read of a site: the entries of sound shape with defaults filled in, and every id that was given. An entry
 * refused for its shape still claims its id, so that those who refer to it are not blamed as well.
 */
export interface SiteDraft {
  readonly facts: Located<SiteFacts> | null;
  readonly nodes: readonly Located<NetworkNode>[];
  readonly ties: readonly Located<Tie>[];
  readonly transfers: readonly Located<Transfer>[];
  readonly gateways: readonly Located<Gateway>[];
  readonly devices: readonly Located<Device>[];
  readonly premises: readonly Located<Premises>[];
  readonly claims: {
    readonly nodes: readonly Claim[];
    readonly ties: readonly Claim[];
    readonly transfers: readonly Claim[];
    readonly gateways: readonly Claim[];
    readonly devices: readonly Claim[];
    readonly premises: readonly Claim[];
  };
}

export type EntryKind = keyof SiteDraft['claims'];
