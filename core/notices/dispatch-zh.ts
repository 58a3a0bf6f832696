import type { ClockName } from '../dispatch/clock-name.ts';
import type { Instant } from '../units/time.ts';
import { clockOf } from './clock-of.ts';
import type { NoticeFacts } from './facts.ts';
import type { DispatchStage } from './notice.ts';
import { clipName } from './wording.ts';

const CLOCKS: Readonly<Record<ClockName, string>> = {
  dispatch: '接单',
  on_site: '到场',
  informed: '告知业主',
  return_visit: '回访',
};

/** What engineers and the duty desk read about a dispatch. */
export function dispatchTextZh(
  facts: NoticeFacts,
  stage: DispatchStage,
  minute: (at: Instant, timeZone: string) => string,
): string {
  const root = clipName(facts.root);
  const time = (at: Instant) => minute(at, facts.timeZone);
  switch (stage) {
    case 'offer':
      return `${facts.dispatch?.severity === 'urgent' ? '紧急' : ''}派单：${root}，${time(facts.onset)}起停电，影响${facts.unitsAffected}户。${answers(facts)}`;
    case 'stand_down':
      return `派单取消：${root}，无需前往。`;
    case 'go_back':
      return `已复电：${root}。请确认现场并按时回访${due(facts, time)}。`;
    default: {
      const { clock, late } = clockOf(stage);
      const engineer = facts.dispatch?.engineer ?? null;
      const who = engineer === null ? '尚无人接单' : `负责人${clipName(engineer)}`;
      const what = late ? `超时：${root}${CLOCKS[clock]}已超时` : `提醒：${root}${CLOCKS[clock]}即将超时`;
      return `${what}${due(facts, time)}，影响${facts.unitsAffected}户，${who}，请立即处理。`;
    }
  }
}

function due({ dispatch }: NoticeFacts, time: (at: Instant) => string): string {
  return dispatch === null || dispatch.dueAt === null ? '' : `（时限${time(dispatch.dueAt)}）`;
}

function answers({ dispatch }: NoticeFacts): string {
  const code = dispatch?.code ?? null;
  if (code === null) return '';
  const link = dispatch?.link ?? null;
  return `回复${code}接单，${code} 2到场，${code} 0拒单${link === null ? '' : `，或点击 ${link} `}。`;
}
