import type { DeviceView, Quality } from '../../contracts/http/devices.ts';
import type { LiveValue } from '../../core/ports/bus.ts';
import type { DetectionSettings, Device } from '../../core/topology/site.ts';
import { type Instant, toIso } from '../../core/units/time.ts';

export function deviceView(
  device: Device,
  latest: LiveValue | undefined,
  detection: DetectionSettings,
  now: Instant,
): DeviceView {
  return {
    id: device.id,
    profile: device.profile,
    node: device.node,
    side: device.side,
    phases: device.phases,
    via: device.via,
    interval_s: device.interval_s,
    backfeed: device.backfeed,
    inService: device.inService,
    quality: qualityOf(device, latest, detection, now),
    ts: latest === undefined ? null : toIso(latest.ts),
    arrival: latest === undefined ? null : toIso(latest.arrival),
    age_s: latest === undefined ? null : ageOf(latest, now),
    values: { ...latest?.fields },
  };
}

export function qualityOf(
  device: Device,
  latest: LiveValue | undefined,
  detection: DetectionSettings,
  now: Instant,
): Quality {
  if (!device.inService) return 'out_of_service';
  if (latest === undefined) return 'never';
  const intervals = ageOf(latest, now) / device.interval_s;
  if (intervals <= detection.freshIntervals) return 'good';
  return intervals <= detection.silentIntervals ? 'late' : 'silent';
}

function ageOf(latest: LiveValue, now: Instant): number {
  return Math.max(0, (now - latest.arrival) / 1000);
}
