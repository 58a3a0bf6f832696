import { CAUSES_ZH as CAUSES } from './causes.ts';
import { dispatchTextZh } from './dispatch-zh.ts';
import type { NoticeFacts } from './facts.ts';
import { isIncidentStage, type NoticeStage } from './notice.ts';
import { clipExplanation, clipName, lasting, listed, localMinute } from './wording.ts';

export function bodyZh(facts: NoticeFacts): string {
  const text = textOf(facts);
  const marked = facts.simulated ? `[模拟]${text}` : text;
  return `【${clipName(facts.siteName)}】${marked}编号${facts.number}-${facts.revision}`;
}

function textOf(facts: NoticeFacts): string {
  const { stage } = facts;
  if (!isIncidentStage(stage)) return dispatchTextZh(facts, stage, minute);
  return facts.audience === 'owner' ? ownerText(facts, stage) : staffText(facts, stage);
}

function ownerText(facts: NoticeFacts, stage: NoticeStage): string {
  const since = minute(facts.onset, facts.timeZone);
  switch (stage) {
    case 'lost':
    case 'opened':
      return `${where(facts)}于${since}停电，原因：${CAUSES[facts.cause]}${expected(facts)}，正在处理，恢复后短信通知。${more(facts)}${ask(facts)}`;
    case 'changed':
      return facts.stillAffected
        ? `停电信息更新：${where(facts)}自${since}停电，原因：${CAUSES[facts.cause]}${expected(facts)}，正在处理。${more(facts)}${ask(facts)}`
        : `更正：此前通知的${since}停电未涉及${where(facts)}，请以本条为准。${ask(facts)}`;
    case 'restored':
    case 'closed':
      return `${where(facts)}已恢复供电，${spell(facts)}。如仍无电请${facts.link === undefined ? '联系我们' : `点击 ${facts.link} `}。${ask(facts)}`;
    case 'estimate':
      return `${where(facts)}停电补偿${estimate(facts)}${more(facts)}${ask(facts)}`;
    case 'credited':
      return `${where(facts)}${since}停电的补偿${credited(facts)}已到账。${more(facts)}${ask(facts)}`;
    case 'feedback':
      return `${where(facts)}${since}的停电，您对我们的处理满意吗？${facts.link === undefined ? '请告诉我们' : `一键评价 ${facts.link} `}。${ask(facts)}`;
    case 'danger':
      return `安全警告：${where(facts)}供电电压异常，请立即断开总开关、拔下电器，勿触碰配电设备。${ask(facts)}`;
    case 'link_lost':
      return `${where(facts)}自${since}起通信中断。${ask(facts)}`;
    case 'link_restored':
      return `${where(facts)}通信已恢复。${ask(facts)}`;
  }
}

function staffText(facts: NoticeFacts, stage: NoticeStage): string {
  const since = minute(facts.onset, facts.timeZone);
  const root = clipName(facts.root);
  switch (stage) {
    case 'lost':
    case 'opened':
      return `停电：${root}，${since}起，影响${facts.unitsAffected}户，原因：${CAUSES[facts.cause]}。${explained(facts)}`;
    case 'changed':
      return `停电更新：${root}，${since}起，影响${facts.unitsAffected}户，未恢复${facts.unitsDark}户。${explained(facts)}`;
    case 'restored':
      return `已复电：${root}，${spell(facts)}，影响${facts.unitsAffected}户，未恢复${facts.unitsDark}户。`;
    case 'closed':
      return `事件关闭：${root}，${spell(facts)}，影响${facts.unitsAffected}户。`;
    case 'estimate':
      return `停电补偿${estimate(facts)}${root}，${since}起。`;
    case 'credited':
      return `补偿${credited(facts)}已到账：${root}，${since}起。`;
    case 'feedback':
      return `已请业主评价：${root}，${since}起。`;
    case 'danger':
      return `危险：${root}供电电压异常，${since}起，涉及${facts.unitsAffected}户，请立即到场断电检查。${explained(facts)}`;
    case 'link_lost':
      return `通信中断：${root}，${since}起无数据，是否停电未知。${explained(facts)}`;
    case 'link_restored':
      return `通信恢复：${root}，中断自${since}。${explained(facts)}`;
  }
}

export function where(facts: Pick<NoticeFacts, 'premises' | 'building'>): string {
  const { names, more } = listed(facts.premises);
  const building =
    facts.building === null
      ? ''
      : `${clipName(facts.building)}${/[0-9A-Za-z]$/.test(facts.building) ? '栋' : ''}`;
  return `${building}${names.join('、')}${more > 0 ? `等${facts.premises.length}户` : ''}`;
}

export function minute(at: number, timeZone: string): string {
  const local = localMinute(at, timeZone);
  return `${local.month}月${local.day}日${local.time}`;
}

function spell(facts: NoticeFacts): string {
  if (facts.restoredAt === null) return `停电始于${minute(facts.onset, facts.timeZone)}`;
  const { hours, minutes } = lasting(facts.onset, facts.restoredAt);
  const length = hours === 0 ? `${minutes}分钟` : `${hours}小时${minutes === 0 ? '' : `${minutes}分`}`;
  return `${minute(facts.onset, facts.timeZone)}至${localMinute(facts.restoredAt, facts.timeZone).time}停电${length}`;
}

function estimate(facts: NoticeFacts): string {
  if (facts.estimate === null) return '正在核算。';
  const { amount, minutes, final } = facts.estimate;
  const sum = amount.currency === 'CNY' ? `${amount.amount}元` : `${amount.currency} ${amount.amount}`;
  return final
    ? `核算为${sum}（${minutes}分钟）。`
    : `估算为${sum}（至今${minutes}分钟），以恢复后核算为准。`;
}

function explained(facts: NoticeFacts): string {
  const text = clipExplanation(facts.explanation);
  return text === '' || /[。！]$/.test(text) ? text : `${text}。`;
}

function expected({ eta, timeZone }: NoticeFacts): string {
  return eta === undefined ? '' : `，预计${minute(eta, timeZone)}前恢复`;
}

function credited({ credit }: NoticeFacts): string {
  if (credit === undefined) return '';
  return credit.currency === 'CNY' ? `${credit.amount}元` : `${credit.currency} ${credit.amount}`;
}

function more({ link }: NoticeFacts): string {
  return link === undefined ? '' : `详情 ${link} 。`;
}

export function ask(facts: Pick<NoticeFacts, 'phone'>): string {
  return facts.phone === null ? '' : `咨询${facts.phone}。`;
}
