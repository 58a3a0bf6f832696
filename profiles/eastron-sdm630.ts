import { defineProfile } from '../core/readings/profile.ts';

export default defineProfile({
  id: 'sdm630',
  title: { 'zh-CN': 'Eastron SDM630 三相电表', en: 'Eastron SDM630 three-phase meter' },
  lastGasp: false,
  reportsUptime: false,
  source: 'volkszaehler/mbmd meters/rs485/sdm.go (BSD-3-Clause); even counts, at most 80 registers a read',
  modbus: {
    function: 4,
    maxRegisters: 80,
    registers: [
      { field: 'voltage_a', address: 0x0000, type: 'f32' },
      { field: 'voltage_b', address: 0x0002, type: 'f32' },
      { field: 'voltage_c', address: 0x0004, type: 'f32' },
      { field: 'current_a', address: 0x0006, type: 'f32' },
      { field: 'current_b', address: 0x0008, type: 'f32' },
      { field: 'current_c', address: 0x000a, type: 'f32' },
      { field: 'power_a', address: 0x000c, type: 'f32' },
      { field: 'power_b', address: 0x000e, type: 'f32' },
      { field: 'power_c', address: 0x0010, type: 'f32' },
      { field: 'power', address: 0x0034, type: 'f32' },
      { field: 'frequency', address: 0x0046, type: 'f32' },
      { field: 'energy', address: 0x0048, type: 'f32' },
      { field: 'energy_export', address: 0x004a, type: 'f32' },
    ],
  },
});
