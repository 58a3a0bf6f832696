import type { Bus } from '../core/ports/bus.ts';
import type { Channel } from '../core/ports/channel.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { CreditSource } from '../core/ports/credit-source.ts';
import type { LinkSigner } from '../core/ports/link-signer.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { SiteDirectory } from '../core/ports/site-directory.ts';
import type { Stores } from '../core/ports/stores.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import type { AlertingLimits } from './limits.ts';

export interface AlertingDeps {
  readonly stores: Pick<
    Stores,
    | 'outbox'
    | 'incidents'
    | 'estimates'
    | 'dispatches'
    | 'handMessages'
    | 'planned'
    | 'owners'
    | 'messageCaps'
  >;
  readonly channels: {
    /** Sends nothing; takes what belongs to simulated sites and what has no provider. */
    readonly log: Channel;
    /**
     * Provider per channel of the outbox: `sms`, `voice`, `email`, and each desk's by its own name. What is set up may change
     * while it is in use.
     */
    readonly providers: ReadonlyMap<string, Channel>;
  };
  readonly sites: SiteDirectory;
  /** Signs the links that engineers answer with. */
  readonly signer: LinkSigner;
  /** Where people open Relight; null: messages carry no links. */
  readonly publicUrl: string | null;
  /** Where messages about credits find the amount; without it such messages fail. */
  readonly credits?: CreditSource;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Names this process among senders; a restarted one is another. */
  readonly holder: string;
  /** No other process sends from this outbox (embedded stores): claims found at start are of a dead predecessor. */
  readonly soleSender: boolean;
  /** From 0 up to 1; spreads retries. */
  readonly random: () => number;
  readonly limits?: Partial<AlertingLimits>;
}
