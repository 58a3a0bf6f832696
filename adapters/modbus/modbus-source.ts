import type { Clock } from '../../core/ports/clock.ts';
import type { MessageIntake } from '../../core/ports/journal.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { decodeRegisters, type RegisterBlock } from '../../core/readings/modbus-registers.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import { dropUnusedPhases } from '../../core/readings/unused-phases.ts';
import type { Device, Site } from '../../core/topology/site.ts';
import type { PhaseMask } from '../../core/units/phases.ts';
import { createGatewayStates } from './gateway-states.ts';
import { createLine, type Line } from './line.ts';
import { readModbusAddress } from './modbus-address.ts';
import type { SlaveSpec } from './slave.ts';

export interface ModbusSourceDeps {
  readonly sites: SiteDirectory;
  readonly profiles: Profiles;
  readonly intake: MessageIntake;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** Whether this instance holds the site's lease; every site by default. */
  readonly isOurs?: (site: string) => boolean;
  /** Phases known to be connected, from readings before this start. */
  readonly seenPhases?: (site: string, device: string) => PhaseMask;
  readonly deadline_ms?: number;
  readonly probeDeadline_ms?: number;
  readonly connectTimeout_ms?: number;
}

export interface ModbusSource extends Lifecycle {
  /** Connections it keeps, one per host and port. */
  lines(): number;
  /** Reads the directory anew, after leases changed. */
  refresh(): void;
}

const DEADLINE_MS = 1_000;
const PROBE_DEADLINE_MS = 500;
const CONNECT_TIMEOUT_MS = 3_000;
const SHORTEST_INTERVAL_MS = 100;
/** Ingest never answers for a site that another instance holds; after this time it is asked anew. */
const GIVEN_UP_MS = 60_000;
/** Steps of the golden ratio spread any number of starts evenly over the period. */
const GOLDEN = 0.618_033_988_75;

/** Polls every device with a `modbus://` address and hands what it reads to ingest as native telemetry. */
export function createModbusSource(deps: ModbusSourceDeps): ModbusSource {
  const { sites, profiles, telemetry, log, clock } = deps;
  const lines = new Map<string, { readonly line: Line; specs: readonly SlaveSpec[] }>();
  const specs = new Map<string, { readonly identity: string; readonly spec: SlaveSpec }>();
  const seen = new Map<string, PhaseMask>();
  /** Readings handed over and not yet durable, by device, with the monotonic time of handing over. */
  const onTheirWay = new Map<string, number>();
  const gateways = createGatewayStates((site, gateway, online) => say(site, gateway, 'status', online));
  let spread = 0;
  let unwatch: (() => void) | undefined;
  const stopping: Promise<void>[] = [];

  function refresh(): void {
    const wanted = new Map<string, SlaveSpec[]>();
    const current = new Set<string>();
    for (const { site } of sites.all()) {
      if (deps.isOurs?.(site.site.id) === false) continue;
      const nominals = new Map(site.nodes.map((node) => [node.id, node.nominal_v]));
      for (const device of site.devices) {
        const found = specFor(site, device, nominals.get(device.node) ?? site.site.nominal_v);
        if (found === null) continue;
        current.add(found.key);
        const onLine = wanted.get(found.line) ?? [];
        onLine.push(found.spec);
        wanted.set(found.line, onLine);
      }
    }
    for (const key of specs.keys()) if (!current.has(key)) specs.delete(key);
    for (const key of seen.keys()) if (!current.has(key)) seen.delete(key);
    for (const [name, list] of wanted) lineOf(name, list);
    for (const [name, entry] of lines) {
      if (wanted.has(name)) continue;
      lines.delete(name);
      gateways.forget(name);
      stopping.push(entry.line.stop());
    }
    telemetry.gauge('relight_modbus_devices', specs.size);
  }

  function specFor(site: Site, device: Device, nominal_v: number) {
    if (device.address === null || !device.address.startsWith('modbus://') || !device.inService) return null;
    const address = readModbusAddress(device.address);
    const map = profiles.get(device.profile)?.modbus;
    if (address === null || map === undefined) {
      const reason = address === null ? 'address' : 'profile';
      telemetry.count('relight_modbus_unusable_devices_total', { reason });
      log.warn('A device cannot be polled', { site: site.site.id, device: device.id, reason });
      return null;
    }
    const key = `${site.site.id}/${device.id}`;
    const identity = [device.address, device.profile, device.interval_s, device.via, nominal_v].join(' ');
    const known = specs.get(key);
    const line = `${address.host}:${address.port}`;
    if (known?.identity === identity) return { key, line, spec: known.spec };

    spread = (spread + GOLDEN) % 1;
    const spec: SlaveSpec = {
      site: site.site.id,
      device: device.id,
      unit: address.unit,
      map,
      interval_ms: Math.max(SHORTEST_INTERVAL_MS, device.interval_s * 1000),
      stagger: spread,
      via: device.via,
      nominal_v,
    };
    specs.set(key, { identity, spec });
    return { key, line, spec };
  }

  function lineOf(name: string, wanted: readonly SlaveSpec[]): void {
    const known = lines.get(name);
    const entry = known ?? { line: newLine(name), specs: wanted };
    entry.specs = wanted;
    entry.line.setSlaves(wanted);
    if (known !== undefined) return;
    lines.set(name, entry);
    entry.line.start();
  }

  function newLine(name: string): Line {
    const colon = name.lastIndexOf(':');
    return createLine({
      host: name.slice(0, colon),
      port: Number(name.slice(colon + 1)),
      deadline_ms: deps.deadline_ms ?? DEADLINE_MS,
      probeDeadline_ms: deps.probeDeadline_ms ?? PROBE_DEADLINE_MS,
      connectTimeout_ms: deps.connectTimeout_ms ?? CONNECT_TIMEOUT_MS,
      clock,
      telemetry,
      onAnswer: tellReading,
      onSilent: (spec) => say(spec.site, spec.device, 'status', 'offline'),
      onLine: (up) => {
        log.info(up ? 'Modbus line up' : 'Modbus line down', { line: name });
        gateways.lineChanged(name, lines.get(name)?.specs ?? [], up);
      },
    });
  }

  function tellReading(spec: SlaveSpec, blocks: readonly RegisterBlock[]): void {
    const key = `${spec.site}/${spec.device}`;
    const before = seen.get(key) ?? deps.seenPhases?.(spec.site, spec.device) ?? 0;
    const known = dropUnusedPhases(decodeRegisters(spec.map, blocks), before, spec.nominal_v);
    seen.set(key, known.seen);
    // A reading still on its way means a full journal: the next period reads the meter again, nothing is queued here.
    const since_ms = onTheirWay.get(key);
    if (since_ms !== undefined && clock.monotonic() - since_ms < GIVEN_UP_MS) {
      telemetry.count('relight_modbus_readings_skipped_total');
      return;
    }
    onTheirWay.set(key, clock.monotonic());
    say(spec.site, spec.device, 'telemetry', JSON.stringify({ ts: clock.now(), ...known.fields }), () =>
      onTheirWay.delete(key),
    );
  }

  function say(
    site: string,
    id: string,
    kind: 'telemetry' | 'status',
    text: string,
    settled: () => void = () => {},
  ): void {
    deps.intake.accept(`relight/${site}/${id}/${kind}`, Buffer.from(text), false, (error) => {
      if (error) telemetry.count('relight_modbus_readings_skipped_total');
      settled();
    });
  }

  return {
    async start() {
      unwatch = sites.onChange(refresh);
      refresh();
    },
    async stop() {
      unwatch?.();
      for (const { line } of lines.values()) stopping.push(line.stop());
      lines.clear();
      await Promise.all(stopping);
    },
    lines: () => lines.size,
    refresh,
  };
}
