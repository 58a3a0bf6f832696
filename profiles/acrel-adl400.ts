import { defineProfile } from '../core/readings/profile.ts';

/** Secondary side: behind current or voltage transformers the values must be multiplied by their ratios. */
export default defineProfile({
  id: 'adl400',
  title: { 'zh-CN': '安科瑞 ADL400 三相电表', en: 'Acrel ADL400 three-phase meter' },
  lastGasp: false,
  reportsUptime: false,
  source:
    'Register lists of two independent field projects; voltage and frequency scales not confirmed by a second source',
  modbus: {
    function: 3,
    maxRegisters: 64,
    registers: [
      { field: 'energy', address: 0x0000, type: 'u32', scale: 0.01 },
      { field: 'voltage_a', address: 0x0061, type: 'u16', scale: 0.1, sentinels: [0xffff] },
      { field: 'voltage_b', address: 0x0062, type: 'u16', scale: 0.1, sentinels: [0xffff] },
      { field: 'voltage_c', address: 0x0063, type: 'u16', scale: 0.1, sentinels: [0xffff] },
      { field: 'current_a', address: 0x0064, type: 'u16', scale: 0.01, sentinels: [0xffff] },
      { field: 'current_b', address: 0x0065, type: 'u16', scale: 0.01, sentinels: [0xffff] },
      { field: 'current_c', address: 0x0066, type: 'u16', scale: 0.01, sentinels: [0xffff] },
      { field: 'frequency', address: 0x0077, type: 'u16', scale: 0.01, sentinels: [0xffff] },
      // In 0.001 kW, which is the watt we want.
      { field: 'power_a', address: 356, type: 'i32', sentinels: [0x7fffffff] },
      { field: 'power_b', address: 358, type: 'i32', sentinels: [0x7fffffff] },
      { field: 'power_c', address: 360, type: 'i32', sentinels: [0x7fffffff] },
      { field: 'power', address: 362, type: 'i32', sentinels: [0x7fffffff] },
    ],
  },
});
