import type { WorkKind } from '../planned/outage.ts';
import type { PlannedFacts } from './planned-facts.ts';
import { ask as askEn, minute as minuteEn, where as whereEn } from './templates-en.ts';
import { ask as askZh, minute as minuteZh, where as whereZh } from './templates-zh.ts';
import { clipName } from './wording.ts';

export const WORK_EN: Readonly<Record<WorkKind, string>> = {
  maintenance: 'maintenance',
  repair: 'repair',
  upgrade: 'new equipment',
  inspection: 'safety inspection',
  utility: 'work of the public supply',
};

export const WORK_ZH: Readonly<Record<WorkKind, string>> = {
  maintenance: '设备检修',
  repair: '设备维修',
  upgrade: '设备更换',
  inspection: '安全检查',
  utility: '供电公司施工',
};

/** The body of a message about a planned outage, ending in its number and revision like every other. */
export function plannedBody(facts: PlannedFacts): string {
  const { siteName, simulated, number, revision } = facts;
  const name = clipName(siteName);
  const body =
    facts.language === 'zh-CN'
      ? `【${name}】${simulated ? '[模拟]' : ''}${textZh(facts)}${askZh(facts)}编号${number}-${revision}`
      : `${simulated ? '(SIMULATED) ' : ''}${name}: ${textEn(facts)}${askEn(facts)} Ref ${number}-${revision}`;
  return body.replace(/ {2,}/g, ' ').trim();
}

function textEn(facts: PlannedFacts): string {
  const { from, to, timeZone, link } = facts;
  const place = whereEn(facts);
  const span = `from ${minuteEn(from, timeZone)} to ${minuteEn(to, timeZone)}`;
  const more = link === undefined ? '' : ` More: ${link} .`;
  switch (facts.stage) {
    case 'planned_ahead':
      return `planned outage at ${place} ${span}: ${WORK_EN[facts.work]}. Please prepare.${more}`;
    case 'planned_start':
      return `the planned outage at ${place} begins now; back by ${minuteEn(to, timeZone)}.${more}`;
    case 'planned_changed':
      return `CHANGED: the planned outage at ${place} is now ${span}.${more}`;
    case 'planned_cancelled':
      return `CANCELLED: the planned outage at ${place} we wrote about does not take place. Your power stays on.`;
    case 'planned_end':
      return `the planned outage at ${place} is over. Still dark? Please ${link === undefined ? 'call us' : `tell us: ${link} `}.`;
  }
}

function textZh(facts: PlannedFacts): string {
  const { from, to, timeZone, link } = facts;
  const place = whereZh(facts);
  const span = `${minuteZh(from, timeZone)}至${minuteZh(to, timeZone)}`;
  const more = link === undefined ? '' : `详情 ${link} 。`;
  switch (facts.stage) {
    case 'planned_ahead':
      return `计划停电：${place}将于${span}停电，${WORK_ZH[facts.work]}，请提前准备。${more}`;
    case 'planned_start':
      return `计划停电现已开始：${place}，预计${minuteZh(to, timeZone)}恢复。${more}`;
    case 'planned_changed':
      return `计划停电时间变更：${place}改为${span}，请以本条为准。${more}`;
    case 'planned_cancelled':
      return `计划停电取消：此前通知的${place}停电不再进行，供电正常。`;
    case 'planned_end':
      return `计划停电已结束：${place}。如仍无电请${link === undefined ? '联系我们' : `点击 ${link} `}。`;
  }
}
