import { defineProfile } from '../core/readings/profile.ts';

export default defineProfile({
  id: 'native',
  title: { 'zh-CN': 'Relight 原生', en: 'Relight native' },
  lastGasp: true,
  reportsUptime: true,
  answers: true,
  source: 'Relight native MQTT: topics and payloads are documented in the README',
});
