import { defineProfile } from '../core/readings/profile.ts';

export default defineProfile({
  id: 'sdm120',
  title: { 'zh-CN': 'Eastron SDM120 单相电表', en: 'Eastron SDM120 single-phase meter' },
  lastGasp: false,
  reportsUptime: false,
  source: 'volkszaehler/mbmd meters/rs485/sdm120.go (BSD-3-Clause)',
  modbus: {
    function: 4,
    maxRegisters: 80,
    registers: [
      { field: 'voltage', address: 0x0000, type: 'f32' },
      { field: 'current', address: 0x0006, type: 'f32' },
      { field: 'power', address: 0x000c, type: 'f32' },
      { field: 'frequency', address: 0x0046, type: 'f32' },
      { field: 'energy', address: 0x0048, type: 'f32' },
      { field: 'energy_export', address: 0x004a, type: 'f32' },
    ],
  },
});
