import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { incidentNumber, type NoticeFacts } from '../../../core/notices/facts.ts';
import type { NoticeStage } from '../../../core/notices/notice.ts';
import { segmentsOf } from '../../../core/notices/segments.ts';
import { noticeBody } from '../../../core/notices/templates.ts';

const STAGES: readonly NoticeStage[] = [
  'lost',
  'changed',
  'restored',
  'estimate',
  'link_lost',
  'link_restored',
  'danger',
  'opened',
  'closed',
];
const at = (iso: string): number => Date.parse(iso);

function facts(over: Partial<NoticeFacts> = {}): NoticeFacts {
  return {
    stage: 'lost',
    audience: 'owner',
    language: 'zh-CN',
    revision: 1,
    number: 'B4C5D6E7',
    siteName: '金文大厦',
    timeZone: 'Asia/Shanghai',
    phone: '0571-88880000',
    simulated: false,
    building: '7',
    premises: ['1201', '1202'],
    stillAffected: true,
    kind: 'outage',
    cause: 'property_supply',
    phases: 'ABC',
    root: '7栋立管开关',
    unitsAffected: 40,
    unitsDark: 40,
    onset: at('2026-07-15T06:03:20Z'),
    restoredAt: null,
    explanation: '',
    estimate: null,
    dispatch: null,
    ...over,
  };
}

describe('what a person reads', () => {
  test.for<[string, Partial<NoticeFacts>, string]>([
    [
      'loss',
      {},
      '【金文大厦】7栋1201、1202于7月15日14:03停电，原因：小区供电设备故障，正在处理，恢复后短信通知。咨询0571-88880000。编号B4C5D6E7-1',
    ],
    [
      'return',
      { stage: 'restored', restoredAt: at('2026-07-15T07:20:00Z') },
      '【金文大厦】7栋1201、1202已恢复供电，7月15日14:03至15:20停电1小时17分。如仍无电请联系我们。咨询0571-88880000。编号B4C5D6E7-1',
    ],
    [
      'a correction to somebody never touched',
      { stage: 'changed', revision: 2, stillAffected: false, phone: null },
      '【金文大厦】更正：此前通知的7月15日14:03停电未涉及7栋1201、1202，请以本条为准。编号B4C5D6E7-2',
    ],
    [
      'money so far',
      {
        stage: 'estimate',
        phone: null,
        estimate: { amount: { amount: '14.48', currency: 'CNY' }, minutes: 2160, final: false },
      },
      '【金文大厦】7栋1201、1202停电补偿估算为14.48元（至今2160分钟），以恢复后核算为准。编号B4C5D6E7-1',
    ],
    [
      'a lost link',
      { stage: 'link_lost', audience: 'staff', root: 'GW1' },
      '【金文大厦】通信中断：GW1，7月15日14:03起无数据，是否停电未知。编号B4C5D6E7-1',
    ],
    [
      'loss in English',
      { language: 'en', siteName: 'Jinwen Tower', cause: 'public_supply' },
      'Jinwen Tower: no power at building 7, 1201, 1202 since 14:03 on 15 Jul. Cause: fault in the public supply. We are on it and will text you when it is back. Questions: 0571-88880000. Ref B4C5D6E7-1',
    ],
    [
      'loss from a simulator',
      {
        language: 'en',
        siteName: 'Jinwen Tower',
        phone: null,
        simulated: true,
        stage: 'danger',
        building: null,
      },
      '(SIMULATED) Jinwen Tower: WARNING: unsafe voltage at 1201, 1202. Switch off the main switch and unplug appliances now. Do not touch electrical equipment. Ref B4C5D6E7-1',
    ],
  ])('%s', ([, over, body]) => {
    expect(noticeBody(facts(over))).toBe(body);
  });

  it('shows local time of the site, also where the clock stands half an hour off', () => {
    expect(noticeBody(facts({ timeZone: 'Australia/Adelaide' }))).toContain('7月15日15:33');
    expect(noticeBody(facts({ timeZone: 'America/New_York' }))).toContain('7月15日02:03');
  });

  it('names four premises of six and counts the rest', () => {
    const six = ['1', '2', '3', '4', '5', '6'];
    expect(noticeBody(facts({ premises: six }))).toContain('7栋1、2、3、4等6户');
    expect(noticeBody(facts({ premises: six, language: 'en' }))).toContain('1, 2, 3, 4 and 2 more');
  });
});

describe('every body', () => {
  const anyFacts = fc.record({
    stage: fc.constantFrom(...STAGES),
    audience: fc.constantFrom('owner' as const, 'staff' as const),
    language: fc.constantFrom('zh-CN' as const, 'en' as const),
    revision: fc.integer({ min: 1, max: 99 }),
    number: fc.constantFrom('i12', 'B4C5D6E7'),
    siteName: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
    building: fc.option(fc.string({ unit: 'binary', maxLength: 300 })),
    premises: fc.array(fc.string({ unit: 'grapheme', maxLength: 64 }), { minLength: 1, maxLength: 50 }),
    root: fc.string({ maxLength: 300 }),
    explanation: fc.string({ unit: 'binary', maxLength: 2_000 }),
    simulated: fc.boolean(),
    stillAffected: fc.boolean(),
    restoredAt: fc.option(fc.integer({ min: 1_784_095_400_000, max: 1_800_000_000_000 })),
    cause: fc.constantFrom(
      'planned' as const,
      'public_supply' as const,
      'phase_missing' as const,
      'property_supply' as const,
    ),
  });

  it('ends in incident number and revision, on one line of bounded length', () => {
    fc.assert(
      fc.property(anyFacts, (over) => {
        const body = noticeBody(facts(over));
        expect(body.endsWith(`${over.number}-${over.revision}`)).toBe(true);
        expect(body).not.toMatch(/[\n\r\t\0]/);
        expect(body).not.toMatch(/undefined|null|NaN/);
        expect([...body].length).toBeLessThan(700);
      }),
    );
  });

  test.for(STAGES)('%s fits three parts in both languages for a usual site', (stage) => {
    const usual = { stage, restoredAt: at('2026-07-15T07:20:00Z'), explanation: '' };
    const bodies = (['owner', 'staff'] as const).flatMap((audience) => [
      noticeBody(facts({ ...usual, audience })),
      noticeBody(facts({ ...usual, audience, language: 'en', siteName: 'Jinwen Tower', root: 'Riser 7' })),
    ]);
    for (const body of bodies) expect(segmentsOf(body).segments).toBeLessThanOrEqual(2);
    expect(segmentsOf(bodies[1] ?? '').encoding).toBe('gsm-7');
  });

  it('differs from that of every other stage, audience and revision, so that a match in the provider’s list is the message', () => {
    const bodies = STAGES.flatMap((stage) =>
      (['owner', 'staff'] as const).flatMap((audience) =>
        [1, 2].map((revision) => noticeBody(facts({ stage, audience, revision }))),
      ),
    );
    const owners = STAGES.filter((stage) => stage !== 'opened' && stage !== 'closed').length;
    expect(new Set(bodies).size).toBeGreaterThanOrEqual(owners * 4);
  });
});

it('keeps short incident numbers and shortens long ones', () => {
  expect(incidentNumber('i12')).toBe('i12');
  expect(incidentNumber('0197f1c2-9a33-7e10-8f00-1a2bb4c5d6e7')).toBe('B4C5D6E7');
});
