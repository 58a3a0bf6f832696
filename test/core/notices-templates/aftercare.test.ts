import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../core/incidents/incident.ts';
import { creditedOwed, estimateOwed, feedbackOwed } from '../../../core/notices/aftercare.ts';
import type { Estimate } from '../../../core/ports/estimate-store.ts';
import type { OwnerMessage } from '../../../core/ports/outbox.ts';
import { incidentOf, T0 } from '../../contract/stores-builders.ts';

const premisesOf = (node: string) => node.replace('u-', '');
const unit = (id: string) =>
  ({ node: `u-${id}`, phases: 'A', from: T0, to: T0 + 9, basis: 'confirmed' }) as const;
const over: Incident = incidentOf('i1', {
  state: 'restored',
  restoredAt: T0 + 9,
  closedAt: T0 + 600_000,
  affected: [unit('1'), unit('2'), unit('3')],
});

function said(
  recipient: string,
  premises: readonly string[],
  more: Partial<OwnerMessage> = {},
): OwnerMessage {
  const when = { owedAt: T0, sentAt: T0, settledAt: null } as const;
  return { recipient, premises, stage: 'lost', revision: 1, state: 'sent', ...when, ...more };
}

function estimated(premises: string, more: Partial<Estimate> = {}): Estimate {
  const about = {
    site: 's',
    incident: 'i1',
    premises,
    scheme: 'x',
    trace: [],
    refused: null,
    at: T0,
  } as const;
  return { ...about, state: 'final', minutes: 100, amount_minor: 100, currency: 'CNY', ...more };
}

describe('how it went', () => {
  it('is asked once, an hour after the end, one message a person however many premises', () => {
    const asked = feedbackOwed(over, premisesOf, [said('+1', ['1', '2']), said('+2', ['3'])]);
    expect(asked).toMatchObject([
      { recipient: '+1', stage: 'feedback', premises: ['1', '2'], at: T0 + 600_000 + 3_600_000 },
      { recipient: '+2', premises: ['3'] },
    ]);
    const again = [said('+1', ['1', '2']), said('+1', ['1', '2'], { stage: 'feedback', state: 'delivered' })];
    expect(feedbackOwed(over, premisesOf, again)).toEqual([]);
  });

  it('is not asked of whom nobody told, whose premises it was not, nor before it is over', () => {
    expect(
      feedbackOwed(over, premisesOf, [said('+1', ['1'], { state: 'superseded' }), said('+2', ['9'])]),
    ).toEqual([]);
    expect(feedbackOwed({ ...over, closedAt: null }, premisesOf, [said('+1', ['1'])])).toEqual([]);
    expect(feedbackOwed({ ...over, state: 'retracted' }, premisesOf, [said('+1', ['1'])])).toEqual([]);
  });
});

describe('the first estimate', () => {
  it('is told once, of the premises it is for, when it is over or has lasted 90 minutes', () => {
    const messages = [said('+1', ['1', '2'])];
    const running = [estimated('1', { state: 'running' }), estimated('2', { amount_minor: 0 })];
    const at = (minutes: number) => estimateOwed(over, premisesOf, messages, running, T0 + minutes * 60_000);
    expect(at(89)).toEqual([]);
    expect(at(90)).toMatchObject([{ recipient: '+1', stage: 'estimate', premises: ['1'] }]);
    expect(estimateOwed(over, premisesOf, messages, [estimated('1')], T0 + 60_000)).toHaveLength(1);
    const told = [...messages, said('+1', ['1'], { stage: 'estimate' })];
    expect(estimateOwed(over, premisesOf, told, [estimated('1')], T0)).toEqual([]);
  });

  it('is not told where nothing is owed or nothing can be counted', () => {
    const nothing = [estimated('1', { amount_minor: 0 }), estimated('2', { refused: [] })];
    expect(estimateOwed(over, premisesOf, [said('+1', ['1', '2'])], nothing, T0)).toEqual([]);
  });
});

it('a credit is one message a person and payment, the same payment the same key', () => {
  const payment = { incident: 'i1', payment: 2, people: new Map([['+1', ['2', '1', '1']]]) };
  expect(creditedOwed(payment, T0)).toEqual([
    {
      incident: 'i1',
      stage: 'credited',
      revision: 2,
      audience: 'owner',
      recipient: '+1',
      premises: ['1', '2'],
      at: T0,
    },
  ]);
});
