import type { CauseWording } from './facts.ts';

/** The same words in messages and on pages. */
export const CAUSES_EN: Readonly<Record<CauseWording, string>> = {
  planned: 'planned work',
  overrun: 'planned work is taking longer than announced',
  public_supply: 'fault in the public supply',
  phase_missing: 'part of the phases lost',
  property_supply: "fault in the property's supply",
  equipment: 'failed equipment',
  overload: 'overload',
  cable: 'damaged cable',
  water: 'water in the equipment',
  weather: 'bad weather',
  third_party: 'damage by a third party',
  works: 'building works',
};

export const CAUSES_ZH: Readonly<Record<CauseWording, string>> = {
  planned: '计划停电',
  overrun: '计划停电超时',
  public_supply: '外部供电故障',
  phase_missing: '部分相线失电',
  property_supply: '小区供电设备故障',
  equipment: '设备故障',
  overload: '负荷过大',
  cable: '电缆受损',
  water: '设备进水',
  weather: '恶劣天气',
  third_party: '外力破坏',
  works: '施工影响',
};
