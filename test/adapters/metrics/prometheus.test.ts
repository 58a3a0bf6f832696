import { expect, it } from 'vitest';
import { createPrometheus } from '../../../adapters/metrics/prometheus.ts';

it('renders counters, gauges and histograms', async () => {
  const metrics = createPrometheus({ processMetrics: false });
  metrics.count('relight_messages_total', { reason: 'ok' });
  metrics.count('relight_messages_total', { reason: 'ok' }, 4);
  metrics.gauge('relight_lag_seconds', 1.5);
  metrics.observe('relight_commit_seconds', 0.004);
  const text = await metrics.render();
  expect(text).toContain('relight_messages_total{reason="ok"} 5');
  expect(text).toContain('relight_lag_seconds 1.5');
  expect(text).toContain('relight_commit_seconds_bucket{le="0.005"} 1');
  expect(metrics.contentType).toContain('text/plain');
});

it('shows the process itself', async () => {
  expect(await createPrometheus().render()).toContain('process_resident_memory_bytes');
});

it('drops and counts what would grow without bound or does not fit, and never throws', async () => {
  const metrics = createPrometheus({ processMetrics: false });
  for (let i = 0; i < 1010; i++) metrics.count('relight_many_total', { device: `d${i}` });
  metrics.count('relight_many_total', { other: 'label' });
  metrics.gauge('relight_many_total', 1);
  metrics.count('no good name');
  metrics.count('relight_negative_total', {}, -1);
  metrics.gauge('relight_nan', Number.NaN);
  expect(await metrics.render()).toContain('relight_telemetry_dropped_total 15');
});
