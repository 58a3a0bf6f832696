import type { Bus } from '../core/ports/bus.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { IngestView } from '../core/ports/ingest-view.ts';
import type { LinkSigner } from '../core/ports/link-signer.ts';
import type { Logger } from '../core/ports/logger.ts';
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

/** Where a provider reports back, with a form body that its adapter checks the signature of. */
export interface ProviderHook {
  /** Below `/hooks/`. */
  readonly path: string;
  readonly signatureHeader: string;
  /** Resolves with the status to answer. `query` is as it stood in the request line, '' without one. */
  receive(request: {
    readonly query: string;
    readonly signature: string | undefined;
    readonly form: Readonly<Record<string, string>>;
  }): Promise<204 | 400 | 403>;
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
  readonly trials: Trials;
  readonly readSpreadsheet: ReadSpreadsheet;
  /** Told when a device's secret was set or taken away, so that the connection that used the old one ends. */
  readonly credentialChanged?: (site: string, client: string) => void;
  readonly control?: LocalControl;
  readonly hooks?: readonly ProviderHook[];
  readonly version: string;
}
