/** What the fund comes to when everything that is now on its way is paid. Minor units. */
export interface Forecast {
  readonly fund_minor: number;
  readonly limit_minor: number;
  /** Running estimates of open incidents. */
  readonly running_minor: number;
  /** Assessed, submitted or appealed, not decided. */
  readonly pending_minor: number;
  readonly after_minor: number;
  /** How much is missing to stay at the limit. */
  readonly short_minor: number;
}

export function forecast(
  fund_minor: number,
  limit_minor: number,
  undecided: { readonly running_minor: number; readonly pending_minor: number },
): Forecast {
  const after_minor = fund_minor - undecided.running_minor - undecided.pending_minor;
  return {
    fund_minor,
    limit_minor,
    ...undecided,
    after_minor,
    short_minor: Math.max(0, limit_minor - after_minor),
  };
}
