import type { PhaseMask } from '../units/phases.ts';
import { phasesText } from '../units/phases.ts';
import { type Instant, toIso } from '../units/time.ts';
import type { AffectedUnit, Explanation, IncidentKind, IncidentState } from './incident.ts';

/** The numbers a verdict rests on. */
export interface EvidenceFacts {
  /** Devices under the root that said outright that supply went away. */
  reported: number;
  /** Of the others, devices that came back with an uptime shorter than their absence. */
  returned: number;
  silent: number;
  /** Devices under the root shown to have been live since. */
  lit: number;
  /** Devices under the root that can testify. */
  devices: number;
  /** The nearest sensor above the fault that still has supply. */
  liveAbove: string | null;
  /** The root lies on a loop below this node: where on it the fault is cannot be told. */
  loopBelow?: string | null;
}

export const NO_FACTS: EvidenceFacts = {
  reported: 0,
  returned: 0,
  silent: 0,
  lit: 0,
  devices: 0,
  liveAbove: null,
};

interface Explained {
  readonly kind: IncidentKind;
  readonly state: IncidentState;
  readonly rootId: string;
  readonly rootSide: 'in' | 'out' | null;
  readonly candidates: readonly string[];
  readonly phases: PhaseMask;
  readonly planned: string | null;
  readonly mergedInto: string | null;
  readonly byHand: boolean;
  readonly live: boolean;
  readonly flaps: number;
  readonly restoredAt: Instant;
  readonly facts: EvidenceFacts;
}

/** Why the engine says what it says, in both languages, from the numbers it used. */
export function explain(record: Explained, affected: readonly AffectedUnit[]): Explanation {
  const parts = [
    cause(record),
    ...loop(record),
    ...evidence(record),
    ...extent(record, affected),
    ...outcome(record),
  ];
  return { 'zh-CN': parts.map(({ zh }) => zh).join(''), en: parts.map(({ en }) => en).join(' ') };
}

interface Sentence {
  readonly zh: string;
  readonly en: string;
}

function cause(record: Explained): Sentence {
  const { rootId: root, kind } = record;
  const phases = phasesText(record.phases);
  switch (kind) {
    case 'communication':
      return {
        zh: `${root} 的通信中断，供电情况未知。`,
        en: `The link through ${root} is lost; supply is not known.`,
      };
    case 'safety':
      return {
        zh: `${root} 疑似零线断开，相电压严重偏移。`,
        en: `The neutral at ${root} seems broken: phase voltages drift apart.`,
      };
    case 'customer':
      return { zh: `${root} 由用户侧断开。`, en: `${root} is switched off on the customer's side.` };
    default:
      break;
  }
  const where = place(record);
  if (record.planned !== null) {
    return {
      zh: `${root} 处于计划停电（${record.planned}）。`,
      en: `${root} is off as announced (${record.planned}).`,
    };
  }
  if (kind === 'partial') {
    return { zh: `${where.zh}${phases} 相失电。`, en: `Phase ${phases} is lost at ${where.en}.` };
  }
  return { zh: `${where.zh}停电。`, en: `Supply is lost at ${where.en}.` };
}

function place({ rootId, rootSide, candidates }: Explained): Sentence {
  const others = candidates.filter((id) => id !== rootId);
  const zh = rootSide === 'in' ? `${rootId} 的上级供电` : rootSide === 'out' ? `${rootId} 本体` : rootId;
  const en = rootSide === 'in' ? `the supply to ${rootId}` : rootSide === 'out' ? `${rootId} itself` : rootId;
  if (others.length === 0) return { zh: `${zh} `, en };
  const shown = others.slice(0, 5).join(', ');
  return { zh: `${zh}（与 ${shown} 无法区分）`, en: `${en} (not to be told apart from ${shown})` };
}

function loop({ facts, planned }: Explained): Sentence[] {
  const top = facts.loopBelow ?? null;
  if (top === null || planned !== null) return [];
  return [
    {
      zh: `${top} 以下环网运行，两侧都有电源，无法确定故障点；只计入有实测证据的用户。`,
      en: `Cannot localise below ${top}: a closed tie feeds it from two sides; only units with evidence of their own count.`,
    },
  ];
}

function evidence({ facts, byHand, kind, rootId }: Explained): Sentence[] {
  if (byHand) return [{ zh: '由人工登记。', en: 'Entered by hand.' }];
  if (kind === 'communication') {
    return [
      {
        zh: `${facts.devices} 台设备中 ${facts.silent} 台无声。`,
        en: `${facts.silent} of ${facts.devices} devices are silent.`,
      },
    ];
  }
  if (facts.devices === 0) return [];
  const out: Sentence[] = [];
  if (facts.reported > 0) {
    out.push({
      zh: `其下 ${facts.devices} 台设备中 ${facts.reported} 台报告失电，`,
      en: `${facts.reported} of ${facts.devices} devices under it reported loss,`,
    });
  }
  if (facts.returned > 0) {
    out.push({
      zh: `${facts.returned} 台恢复后的运行时长短于离线时长，`,
      en: `${facts.returned} came back with an uptime shorter than their absence,`,
    });
  }
  if (facts.silent > 0) out.push({ zh: `${facts.silent} 台无声，`, en: `${facts.silent} are silent,` });
  out.push(
    facts.lit === 0
      ? { zh: '断电以来其余均无有电证据。', en: 'none was live through it.' }
      : { zh: `${facts.lit} 台始终有电。`, en: `${facts.lit} stayed live.` },
  );
  if (facts.liveAbove === rootId) {
    out.push({ zh: `${rootId} 进线仍有电。`, en: `The input of ${rootId} still has supply.` });
  } else if (facts.liveAbove !== null) {
    out.push({ zh: `上级 ${facts.liveAbove} 仍有电。`, en: `${facts.liveAbove} above it still has supply.` });
  }
  return out;
}

function extent({ kind }: Explained, affected: readonly AffectedUnit[]): Sentence[] {
  if (kind === 'communication' || affected.length === 0) return [];
  let confirmed = 0;
  let unknown = 0;
  for (const { basis } of affected) {
    if (basis === 'confirmed') confirmed += 1;
    else if (basis === 'unknown') unknown += 1;
  }
  const inferred = affected.length - confirmed - unknown;
  return [
    {
      zh: `影响 ${affected.length} 户：确认 ${confirmed}，推断 ${inferred}，未知 ${unknown}。`,
      en: `${affected.length} units affected: ${confirmed} confirmed, ${inferred} inferred, ${unknown} unknown.`,
    },
  ];
}

function outcome(record: Explained): Sentence[] {
  const out: Sentence[] = [];
  if (record.flaps > 0)
    out.push({ zh: `期间反复 ${record.flaps} 次。`, en: `It came and went ${record.flaps} times.` });
  if (record.state === 'restored' && record.restoredAt > 0) {
    const at = toIso(record.restoredAt);
    out.push({ zh: `已于 ${at} 恢复。`, en: `Restored at ${at}.` });
    if (!record.live)
      out.push({
        zh: '当时无设备上报，事后查明。',
        en: 'Nobody reported it at the time; found out afterwards.',
      });
  }
  if (record.state === 'retracted') {
    out.push({ zh: '后来的证据表明并未停电。', en: 'Later evidence shows that supply was never lost.' });
  }
  if (record.mergedInto !== null) {
    out.push({ zh: `并入事件 ${record.mergedInto}。`, en: `Merged into incident ${record.mergedInto}.` });
  }
  return out;
}
