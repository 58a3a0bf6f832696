import { type Static, Type } from 'typebox';
import { Nullable, PhasesText } from './scalars.ts';

/** Numeric fields beyond the known ones that a telemetry message may carry. */
export const UNKNOWN_FIELDS_MAX = 32;
export const UNKNOWN_FIELD = /^[a-z][a-z0-9_]{0,31}$/;
export const HISTORY_MAX = 500;

/** A measured value in `unit`; null and absence both mean "not available", true and false count as 1 and 0. */
const measured = (unit: string) =>
  Type.Optional(Type.Union([Type.Number(), Type.Boolean(), Type.Null()], { description: unit }));
const volts = measured('V');
const amperes = measured('A');
const watts = measured('W');
const kilowattHours = measured('kWh');
const flag = measured('0 or 1');

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const OrNull = <T extends Parameters<typeof Nullable>[0]>(type: T) => Type.Optional(Nullable(type));

/** `relight/{site}/{device}/telemetry`. Up to 32 further numeric fields are kept; other unknown keys mean nothing. */
export const TelemetrySchema = Type.Object(
  {
    ts: OrNull(Type.Integer({ ...Count, description: 'epoch ms UTC; missing: the arrival' })),
    seq: OrNull(Count),
    uptime_s: OrNull(Type.Number({ minimum: 0 })),
    power_failures: OrNull(Count),
    boot_reason: OrNull(Type.String()),
    mode: OrNull(Type.Enum(['auto', 'test'])),
    voltage: volts,
    voltage_a: volts,
    voltage_b: volts,
    voltage_c: volts,
    voltage_ab: volts,
    voltage_bc: volts,
    voltage_ca: volts,
    current: amperes,
    current_a: amperes,
    current_b: amperes,
    current_c: amperes,
    current_n: amperes,
    power: watts,
    power_a: watts,
    power_b: watts,
    power_c: watts,
    energy: kilowattHours,
    energy_export: kilowattHours,
    frequency: measured('Hz'),
    power_factor: measured('-1 to 1'),
    temperature: measured('°C'),
    battery: measured('%'),
    rssi: measured('dBm'),
    relay: flag,
    running: flag,
  },
  { $id: 'Telemetry' },
);

/** `relight/{site}/{device}/event`; `phases` default to the device's. */
export const EventSchema = Type.Object(
  {
    ts: OrNull(Count),
    type: Type.Enum([
      'power_lost',
      'power_restored',
      'breaker_open',
      'breaker_closed',
      'on_battery',
      'on_mains',
      'test_start',
      'test_end',
      'boot',
    ]),
    phases: OrNull(PhasesText),
  },
  { $id: 'DeviceEvent' },
);

/** `relight/{site}/{device or gateway}/status`: plain text, retained, also the will. */
export const StatusSchema = Type.Enum(['online', 'offline']);

/** `relight/{site}/{device}/history`: recorded earlier, uploaded late. */
export const HistorySchema = Type.Array(TelemetrySchema, { maxItems: HISTORY_MAX });

/** `relight/{site}/{device}/command`, to the device. */
export const DeviceCommandSchema = Type.Object({
  id: Type.String({ maxLength: 64 }),
  do: Type.Literal('report'),
});

export type TelemetryJson = Static<typeof TelemetrySchema>;
export type EventJson = Static<typeof EventSchema>;
export type DeviceCommandJson = Static<typeof DeviceCommandSchema>;
