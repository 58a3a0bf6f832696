/** What Relight says about itself; names in Prometheus style (`relight_messages_total`), labels few and bounded. */
export interface Telemetry {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** A duration in seconds into a histogram. */
  observe(name: string, seconds: number, labels?: Readonly<Record<string, string>>): void;
}
