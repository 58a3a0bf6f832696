import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Telemetry } from '../../core/ports/telemetry.ts';

/** A page a Prometheus server reads. */
export interface MetricsPage {
  readonly contentType: string;
  render(): Promise<string>;
}

type Labels = Readonly<Record<string, string>>;

const MAX_METRICS = 500;
const MAX_SERIES = 1000;
/** From half a millisecond (one commit) to half a minute (a provider's time-out). */
const BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Family<Metric> {
  readonly metric: Metric;
  readonly labelNames: string;
  readonly series: Set<string>;
}

/**
 * Telemetry over prom-client. A metric is made at its first use, which fixes its label names; a metric or series beyond
 * the bounds, or one with other labels, is not recorded but counted in `relight_telemetry_dropped_total`.
 */
export function createPrometheus(
  options: { readonly processMetrics: boolean } = { processMetrics: true },
): Telemetry & MetricsPage {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  const dropped = new Counter({
    name: 'relight_telemetry_dropped_total',
    help: 'Samples not recorded because a bound or a label set was violated',
    registers: [registry],
  });
  const counters = new Map<string, Family<Counter>>();
  const gauges = new Map<string, Family<Gauge>>();
  const histograms = new Map<string, Family<Histogram>>();

  function family<Metric>(
    families: Map<string, Family<Metric>>,
    name: string,
    labels: Labels,
    create: (labelNames: string[]) => Metric,
  ): Metric | null {
    const labelNames = Object.keys(labels).sort((a, b) => (a < b ? -1 : 1));
    let known = families.get(name);
    if (known === undefined) {
      if (!canAdd(name)) return null;
      known = { metric: create(labelNames), labelNames: labelNames.join(), series: new Set() };
      families.set(name, known);
    }
    if (known.labelNames !== labelNames.join()) return null;
    const series = labelNames.map((label) => labels[label]).join('\u0000');
    if (!known.series.has(series)) {
      if (known.series.size >= MAX_SERIES) return null;
      known.series.add(series);
    }
    return known.metric;
  }

  function canAdd(name: string): boolean {
    return (
      /^[a-z][a-z0-9_]{0,99}$/.test(name) &&
      counters.size + gauges.size + histograms.size < MAX_METRICS &&
      registry.getSingleMetric(name) === undefined
    );
  }

  function settings(name: string, labelNames: string[]) {
    return { name, help: name.replaceAll('_', ' '), labelNames, registers: [registry] };
  }

  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    count(name, labels = {}, by = 1) {
      const metric = family(counters, name, labels, (names) => new Counter(settings(name, names)));
      if (metric === null || !(by >= 0)) dropped.inc();
      else metric.inc({ ...labels }, by);
    },
    gauge(name, value, labels = {}) {
      const metric = family(gauges, name, labels, (names) => new Gauge(settings(name, names)));
      if (metric === null || Number.isNaN(value)) dropped.inc();
      else metric.set({ ...labels }, value);
    },
    observe(name, seconds, labels = {}) {
      const metric = family(
        histograms,
        name,
        labels,
        (names) => new Histogram({ ...settings(name, names), buckets: BUCKETS_S }),
      );
      if (metric === null || Number.isNaN(seconds)) dropped.inc();
      else metric.observe({ ...labels }, seconds);
    },
  };
}
