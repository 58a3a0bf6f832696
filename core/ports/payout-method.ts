import type { ControlTotals, Payout } from '../payouts/payout.ts';

export type FileFormat = 'csv' | 'xlsx';

/** One payment with what the file needs to know of its payee. */
export interface PayoutLine extends Pick<Payout, 'id' | 'premises' | 'amount_minor'> {
  readonly incident: string;
  /** Whole, for the file alone; null where the method asks for none. */
  readonly account: { readonly holder: string; readonly bank: string; readonly number: string } | null;
}

export interface PayoutFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** One row that came back. */
export interface ResultLine {
  readonly id: string;
  readonly premises: string;
  readonly amount_minor: number;
  readonly outcome: 'booked' | 'failed';
  readonly receipt: string;
  readonly reason: string;
}

export type ReadResult =
  | { readonly ok: true; readonly lines: readonly ResultLine[]; readonly control: ControlTotals }
  | { readonly ok: false; readonly faults: readonly { readonly path: string; readonly code: string }[] };

/** One way for money to reach people. */
export interface PayoutMethod {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  /** Formats of its file; none: a person pays and gives the receipt's number. */
  readonly formats: readonly FileFormat[];
  /** Whether every payee needs a bank account. */
  readonly needsAccount: boolean;
  controlOf(payouts: readonly Pick<Payout, 'id' | 'premises' | 'amount_minor'>[]): ControlTotals;
  write?(
    batch: { readonly id: string; readonly currency: string; readonly control: ControlTotals },
    lines: readonly PayoutLine[],
    format: FileFormat,
  ): Promise<PayoutFile>;
  /** Reads a result; refuses a file whose own control totals do not fit its rows. */
  read?(bytes: Uint8Array, format: FileFormat, currency: string): Promise<ReadResult>;
}

export type PayoutMethods = ReadonlyMap<string, PayoutMethod>;
