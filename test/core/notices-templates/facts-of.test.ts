import { describe, expect, it } from 'vitest';
import { factsOf, indexSite } from '../../../core/notices/facts-of.ts';
import type { NoticeStage, Owed } from '../../../core/notices/notice.ts';
import { noticeBody } from '../../../core/notices/templates.ts';
import type { Estimate } from '../../../core/ports/estimate-store.ts';
import { incidentOf, siteOf } from '../../support/alerting-world.ts';

const site = siteOf(3, { phone: '0571-1' });
const index = indexSite(site);
const FROM = Date.parse('2026-07-15T06:03:20Z');

type Told = Pick<Owed<NoticeStage>, 'stage' | 'revision' | 'audience' | 'premises'>;

function delivery(over: Partial<Told> = {}): Told {
  return { stage: 'lost', revision: 1, audience: 'owner', premises: ['1000'], ...over };
}

function estimate(over: Partial<Estimate> = {}): Estimate {
  return {
    site: 's1',
    incident: 'i1',
    premises: '1000',
    scheme: 'property-fee',
    state: 'final',
    minutes: 90,
    amount_minor: 60,
    currency: 'CNY',
    trace: [],
    refused: null,
    at: FROM,
    ...over,
  };
}

const unit = (node: string, from: number, to: number | null) => ({
  node,
  phases: 'ABC' as const,
  from,
  to,
  basis: 'confirmed' as const,
});

describe('an owner’s message', () => {
  it('tells their own spell, not the incident’s', () => {
    const incident = incidentOf(site, {
      onset: FROM,
      restoredAt: FROM + 7_200_000,
      state: 'restored',
      affected: [unit('u-1000', FROM + 60_000, FROM + 3_660_000), unit('u-1001', FROM, FROM + 7_200_000)],
    });
    const facts = factsOf(delivery({ stage: 'restored' }), 'zh-CN', index, incident, []);
    expect(facts).toMatchObject({
      onset: FROM + 60_000,
      restoredAt: FROM + 3_660_000,
      building: '7',
      phone: '0571-1',
    });
    expect(noticeBody(facts)).toContain('停电1小时。');
  });

  it('is a correction when the incident, as it now stands, does not touch their premises', () => {
    const incident = incidentOf(site, { onset: FROM, affected: [unit('u-1001', FROM, null)] });
    expect(factsOf(delivery({ stage: 'changed' }), 'en', index, incident, []).stillAffected).toBe(false);
    expect(
      factsOf(delivery({ stage: 'changed', premises: ['1001'] }), 'en', index, incident, []).stillAffected,
    ).toBe(true);
    const retracted = incidentOf(site, { state: 'retracted' });
    expect(factsOf(delivery({ stage: 'changed' }), 'en', index, retracted, []).stillAffected).toBe(false);
  });

  it('adds up the money of all their premises, and says none while any of it is unknown', () => {
    const all = delivery({ stage: 'estimate', premises: ['1000', '1001'] });
    const both = [
      estimate(),
      estimate({ premises: '1001', amount_minor: 45, minutes: 70 }),
      estimate({ premises: '1002', amount_minor: 9_999 }),
    ];
    expect(factsOf(all, 'en', index, incidentOf(site), both).estimate).toEqual({
      amount: { amount: '1.05', currency: 'CNY' },
      minutes: 90,
      final: true,
    });
    const refused = [
      estimate(),
      estimate({ premises: '1001', refused: [{ path: 'premises/area_m2', code: 'missing_input' }] }),
    ];
    expect(factsOf(all, 'en', index, incidentOf(site), refused).estimate).toBeNull();
  });

  it('names the cause by where the fault lies', () => {
    const causeOf = (over: Parameters<typeof incidentOf>[1]) =>
      factsOf(delivery(), 'en', index, incidentOf(site, over), []).cause;
    expect(causeOf({ root: 'U' })).toBe('public_supply');
    expect(causeOf({ planned: 'w1' })).toBe('planned');
    expect(causeOf({ kind: 'partial', phases: 'A' })).toBe('phase_missing');
    expect(causeOf({})).toBe('property_supply');
  });
});
