import type { ClockName } from '../dispatch/clock-name.ts';
import type { Instant } from '../units/time.ts';
import { clockOf } from './clock-of.ts';
import type { NoticeFacts } from './facts.ts';
import type { DispatchStage } from './notice.ts';
import { clipName } from './wording.ts';

const CLOCKS: Readonly<Record<ClockName, string>> = {
  dispatch: 'acceptance',
  on_site: 'arrival on site',
  informed: 'informing the owners',
  return_visit: 'the return visit',
};

/** What engineers and the duty desk read about a dispatch. */
export function dispatchTextEn(
  facts: NoticeFacts,
  stage: DispatchStage,
  minute: (at: Instant, timeZone: string) => string,
): string {
  const root = clipName(facts.root);
  const units = `${facts.unitsAffected} unit${facts.unitsAffected === 1 ? '' : 's'}`;
  const time = (at: Instant) => minute(at, facts.timeZone);
  switch (stage) {
    case 'offer':
      return `${facts.dispatch?.severity === 'urgent' ? 'URGENT ' : ''}dispatch: ${root}, out since ${time(facts.onset)}, ${units}.${answers(facts)}`;
    case 'stand_down':
      return `dispatch cancelled: ${root}, you need not go.`;
    case 'go_back':
      return `power is back: ${root}. Check the site and make the return visit${due(facts, time)}.`;
    default: {
      const { clock, late } = clockOf(stage);
      const engineer = facts.dispatch?.engineer ?? null;
      const who = engineer === null ? 'nobody has accepted' : `in the hands of ${clipName(engineer)}`;
      const what = late
        ? `OVERDUE: ${CLOCKS[clock]} at ${root}`
        : `warning: ${CLOCKS[clock]} at ${root} is nearly due`;
      return `${what}${due(facts, time)}, ${units}, ${who}. Act now.`;
    }
  }
}

function due({ dispatch }: NoticeFacts, time: (at: Instant) => string): string {
  return dispatch === null || dispatch.dueAt === null ? '' : ` (by ${time(dispatch.dueAt)})`;
}

function answers({ dispatch }: NoticeFacts): string {
  const code = dispatch?.code ?? null;
  if (code === null) return '';
  const link = dispatch?.link ?? null;
  return ` Reply ${code} to accept, ${code} 2 on arrival, ${code} 0 to decline${link === null ? '' : `, or open ${link} `}.`;
}
