import type { Clock } from '../../../core/ports/clock.ts';
import type { Telemetry } from '../../../core/ports/telemetry.ts';
import type { Instant } from '../../../core/units/time.ts';

export type ReceiptState = 'sent' | 'delivered' | 'failed' | 'undelivered';

/** What a provider calls us with. */
export interface HookRequest {
  /** As it stood in the request line, so that the signed characters are kept; '' without one. */
  readonly query: string;
  readonly signature: string | undefined;
  /** The last part of a path that ends in `/:token`; '' otherwise. */
  readonly token: string;
  /** Fields of a form, or whatever the JSON held. */
  readonly body: unknown;
}

export interface HookAnswer {
  readonly status: 200 | 204 | 400 | 403;
  readonly json?: object;
}

/** What a hook tells. */
export interface HookWorld {
  /** What providers were told to call (`PUBLIC_URL`). */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  receipt(providerId: string, state: ReceiptState, at: Instant, error?: string): Promise<boolean>;
  /** A message from outside; `from` is E.164, `id` the provider's, by which a repetition is known. */
  received(message: { readonly from: string; readonly body: string; readonly id: string }): Promise<void>;
}

/** Where a provider reports back, served below the API's address while the channel is set up. */
export interface ChannelHook<Settings> {
  /** Below `/hooks/`; may end in `/:token`. */
  readonly path: string;
  readonly body: 'form' | 'json';
  readonly signatureHeader?: string;
  receive(settings: Settings, request: HookRequest, world: HookWorld): Promise<HookAnswer>;
}
