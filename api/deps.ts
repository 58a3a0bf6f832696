import type { Scheme } from '../core/compensation/compiled.ts';
import type { MessageCaps } from '../core/notices/message-caps.ts';
import type { BackTests } from '../core/ports/back-tests.ts';
import type { Bus } from '../core/ports/bus.ts';
import type { ChannelDesk } from '../core/ports/channel-desk.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { IngestView } from '../core/ports/ingest-view.ts';
import type { LinkSigner } from '../core/ports/link-signer.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { PayoutMethods } from '../core/ports/payout-method.ts';
import type { ReadingStore } from '../core/ports/reading-store.ts';
import type { SimulatorControl } from '../core/ports/simulator-control.ts';
import type { SiteDirectory } from '../core/ports/site-directory.ts';
import type { ReadSpreadsheet } from '../core/ports/spreadsheet.ts';
import type { Stores } from '../core/ports/stores.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import type { Trials } from '../core/ports/trials.ts';

/** A page a Prometheus server reads. */
export interface MetricsPage {
  readonly contentType: string;
  render(): Promise<string>;
}

/**
 * What local commands may ask of the running server (backup, a new administrator link): loopback only, with the token
 * that the server wrote beside its data.
 */
export interface LocalControl {
  readonly token: string;
  readonly actions: Readonly<Record<string, (argument: unknown) => Promise<unknown>>>;
}

/** Where a provider reports back; its adapter checks that it is the provider. */
export interface ProviderHook {
  /** Below `/hooks/`; may end in `/:token`. */
  readonly path: string;
  readonly body: 'form' | 'json';
  readonly signatureHeader?: string;
  /** Resolves with what to answer. `query` is as it stood in the request line, '' without one. */
  receive(request: {
    readonly query: string;
    readonly signature: string | undefined;
    readonly token: string;
    readonly body: unknown;
  }): Promise<{ readonly status: 200 | 204 | 400 | 403; readonly json?: object }>;
}

export interface ApiDeps {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly stores: Stores;
  readonly readings: Pick<ReadingStore, 'history' | 'ready'>;
  /** Null where ingest runs in another process. */
  readonly ingest: IngestView | null;
  readonly sites: SiteDirectory;
  /** By the name a site chooses: the scheme's id, with `.2` and so on for later revisions. */
  readonly schemes: ReadonlyMap<string, Scheme>;
  /** Brings in schemes that were uploaded since. */
  readonly refreshSchemes: () => Promise<void>;
  readonly backTests: BackTests;
  /** Checks the links in messages. */
  readonly signer: LinkSigner;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly metrics: MetricsPage;
  /** Without it /metrics answers this machine only. */
  readonly metricsToken?: string;
  /** The address people open; null: the address the server listens on. */
  readonly publicUrl: string | null;
  /** Proxies whose `X-Forwarded-For` is believed: addresses or subnets; false for none. */
  readonly trustProxy: boolean | string | readonly string[];
  /** A session ends this long after sign-in, whatever is done with it. */
  readonly sessionHours: number;
  /** A session ends this long after its last use; an open live board is a use. Default 120. */
  readonly idleMinutes?: number;
  readonly secureCookies: boolean;
  /** The built dashboard; null serves the API only. */
  readonly dashboardDirectory: string | null;
  readonly simulator: SimulatorControl | null;
  /** What the sender lets pass by itself at a site that chose nothing else. */
  readonly messageCaps: MessageCaps;
  readonly trials: Trials;
  /** Ways for money to reach people. */
  readonly payouts: PayoutMethods;
  readonly readSpreadsheet: ReadSpreadsheet;
  /** Told when a device's secret was set or taken away, so that the connection that used the old one ends. */
  readonly credentialChanged?: (site: string, client: string) => void;
  readonly control?: LocalControl;
  readonly hooks?: readonly ProviderHook[];
  readonly channels: ChannelDesk;
  readonly version: string;
}
