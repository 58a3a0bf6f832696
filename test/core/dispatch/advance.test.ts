import { describe, expect, it } from 'vitest';
import { createHmacSigner } from '../../../adapters/links/hmac-signer.ts';
import { advance, type Move, movesFrom } from '../../../core/dispatch/advance.ts';
import { type Dispatch, openOffer } from '../../../core/dispatch/dispatch.ts';
import { dueSteps } from '../../../core/dispatch/due-steps.ts';
import { adoptEngineer, followIncident, markInformed } from '../../../core/dispatch/follow-incident.ts';
import { linkToken, readToken } from '../../../core/dispatch/link-token.ts';
import { offer } from '../../../core/dispatch/offer.ts';
import { readReply } from '../../../core/dispatch/reply.ts';
import { oweSteps } from '../../../core/dispatch/tell.ts';
import { oweChange } from '../../../core/dispatch/tell-change.ts';
import { done, minutes, opened } from './builders.ts';

const ask = (dispatch: Dispatch, engineer: string, at = minutes(1)) =>
  done(offer(dispatch, { engineer, by: 'desk', at, code: '4821' }));
const go = (dispatch: Dispatch, move: Move, at: number, engineer = 'e1') =>
  done(advance(dispatch, { move, engineer, by: engineer, at }));
const underWay = (move: 'accept' | 'arrive' = 'accept') => {
  const accepted = go(ask(opened(), 'e1'), 'accept', minutes(2));
  return move === 'accept' ? accepted : go(accepted, 'arrive', minutes(20));
};
const back = (dispatch: Dispatch, at: number) =>
  followIncident(dispatch, { state: 'restored', restoredAt: at }, at);

describe('a dispatch', () => {
  it('goes its way step by step, each with who and when', () => {
    let dispatch = underWay('arrive');
    dispatch = go(dispatch, 'work', minutes(25));
    dispatch = go(dispatch, 'restore', minutes(50));
    dispatch = go(dispatch, 'visit', minutes(300));
    expect(dispatch.state).toBe('return_visit_done');
    expect(dispatch.history.map(({ event, by }) => `${event} ${by}`)).toEqual([
      'opened relight',
      'offered desk',
      'accepted e1',
      'on_site e1',
      'working e1',
      'restored e1',
      'return_visit_done e1',
    ]);
  });

  it.each<[Dispatch['state'], readonly Move[]]>([
    ['offered', ['accept', 'decline']],
    ['accepted', ['travel', 'arrive']],
    ['travelling', ['arrive']],
    ['on_site', ['work', 'restore']],
    ['working', ['restore']],
    ['restored', ['visit']],
    ['return_visit_done', []],
    ['stood_down', []],
    ['retracted', []],
  ])('that is %s allows %j and nothing else', (state, moves) => {
    expect(movesFrom(state)).toEqual(moves);
  });

  it('is accepted by somebody asked, by nobody else, and by one only', () => {
    const asked = ask(opened(), 'e1');
    expect(advance(asked, { move: 'accept', engineer: 'e2', by: 'e2', at: minutes(2) })).toEqual({
      refused: 'not_asked',
    });
    expect(advance(underWay(), { move: 'accept', engineer: 'e1', by: 'e1', at: minutes(3) })).toEqual({
      refused: 'out_of_turn',
    });
  });

  it('given to another waits anew, with a clock of its own', () => {
    const again = ask(underWay('arrive'), 'e2', minutes(40));
    expect(again).toMatchObject({ state: 'offered', engineer: null });
    expect(
      again.clocks
        .filter(({ stoppedAt }) => stoppedAt === null)
        .map(({ clock, round }) => `${clock} ${round}`),
    ).toEqual(['informed 1', 'dispatch 2', 'on_site 2']);
  });
});

describe('what the incident does', () => {
  it('ends a dispatch nobody has taken up when supply is back', () => {
    const ended = back(ask(opened(), 'e1'), minutes(3));
    expect(ended.state).toBe('stood_down');
    expect(openOffer(ended)).toBeNull();
    expect(dueSteps(ended, minutes(60))).toEqual([]);
  });

  it('starts the return visit of one that was taken up, from the restoration and not from our hearing of it', () => {
    const dispatch = followIncident(underWay(), { state: 'restored', restoredAt: minutes(18) }, minutes(21));
    expect(dispatch.state).toBe('restored');
    expect(dispatch.clocks.find(({ clock }) => clock === 'return_visit')?.startedAt).toBe(minutes(18));
    expect(dispatch.clocks.find(({ clock }) => clock === 'on_site')?.stoppedAt).toBe(minutes(18));
  });

  it('takes it back when it was not over: the engineer goes on where they stood', () => {
    const reopened = followIncident(
      back(underWay('arrive'), minutes(30)),
      { state: 'open', restoredAt: null },
      minutes(35),
    );
    expect(reopened).toMatchObject({ state: 'on_site', engineer: 'e1', supplyBack: false });
    const again = followIncident(
      back(ask(opened(), 'e1'), minutes(3)),
      { state: 'open', restoredAt: null },
      minutes(5),
    );
    expect(again).toMatchObject({ state: 'offered', engineer: null });
    expect(dueSteps(again, minutes(18)).map(({ key }) => key)).toContain('dispatch.2.warning');
  });

  it('changes nothing when asked a second time', () => {
    const once = back(underWay(), minutes(20));
    expect(back(once, minutes(22))).toBe(once);
    const gone = followIncident(underWay(), { state: 'merged', restoredAt: null }, minutes(9));
    expect(followIncident(gone, { state: 'merged', restoredAt: null }, minutes(10))).toBe(gone);
  });

  it('brings an engineer along into the incident it became part of, if nobody goes there yet', () => {
    const into = adoptEngineer(ask(opened(), 'e9'), underWay('arrive'), minutes(25));
    expect(into).toMatchObject({ state: 'on_site', engineer: 'e1' });
    expect(dueSteps(into, minutes(60)).filter(({ key }) => !key.startsWith('informed'))).toMatchObject([
      { key: 'dispatch.1.warning', moot: true },
      { key: 'dispatch.1.escalation.1', moot: true },
      { key: 'dispatch.1.escalation.2', moot: true },
      { key: 'on_site.1.warning', moot: true },
    ]);
    expect(adoptEngineer(underWay(), underWay('arrive'), minutes(25))).toEqual(underWay());
  });

  it('stops the owners’ clock at the last of message and estimate', () => {
    const informed = markInformed(opened(), minutes(4), minutes(9));
    expect(informed.clocks.find(({ clock }) => clock === 'informed')?.stoppedAt).toBe(minutes(4));
  });
});

describe('who is told', () => {
  const who = {
    phoneOf: (person: string) => (person.startsWith('e') ? `+86${person}` : null),
    onCall: ['e1', 'e2'],
    deskHasPhone: true,
  };
  const told = (dispatch: Dispatch, now: number, reach = who) => {
    const steps = dueSteps(dispatch, now).flatMap((step) => (step.kind === 'lapse' ? [] : [step]));
    return oweSteps(dispatch, steps, reach, now).notices.map(
      ({ stage, recipient, revision }) => `${stage} ${recipient} ${revision}`,
    );
  };

  it('is the engineer first, then the chain; whoever is missing is stood in for', () => {
    expect(told(opened({ concernsOwners: false }), minutes(21))).toEqual([
      'dispatch_warning staff 1',
      'dispatch_escalation staff 1',
      'dispatch_escalation +86e1 1',
    ]);
    expect(told(ask(opened({ concernsOwners: false }), 'e2'), minutes(13))).toEqual([
      'dispatch_warning +86e2 1',
    ]);
    const mute = { ...who, deskHasPhone: false };
    expect(told(opened({ concernsOwners: false }), minutes(13), mute)).toEqual([
      'dispatch_warning staff 1',
      'dispatch_warning +86e1 1',
    ]);
  });

  it('is an engineer asked, relieved, or owing a visit', () => {
    const change = (before: Dispatch, after: Dispatch) =>
      oweChange(before, after, who, minutes(9)).notices.map(
        ({ stage, recipient }) => `${stage} ${recipient}`,
      );
    expect(change(opened(), ask(opened(), 'e1'))).toEqual(['offer +86e1']);
    expect(change(underWay(), ask(underWay(), 'e2', minutes(9)))).toEqual([
      'stand_down +86e1',
      'offer +86e2',
    ]);
    expect(change(underWay(), back(underWay(), minutes(9)))).toEqual(['go_back +86e1']);
    expect(
      change(underWay(), followIncident(underWay(), { state: 'retracted', restoredAt: null }, minutes(9))),
    ).toEqual(['stand_down +86e1']);
    expect(change(underWay(), go(underWay(), 'travel', minutes(9)))).toEqual([]);
  });
});

describe('an answer by SMS', () => {
  it.each([
    ['4821', { code: '4821', move: 'accept' }],
    [' 4821 接单。', { code: '4821', move: 'accept' }],
    ['4821 2', { code: '4821', move: 'arrive' }],
    ['４８２１，到场', { code: '4821', move: 'arrive' }],
    ['4821 N', { code: '4821', move: 'decline' }],
    ['48213', null],
    ['4821 what is this', null],
    ['TD', null],
  ])('%s means %j', (text, meaning) => {
    expect(readReply(text)).toEqual(meaning);
  });
});

describe('a link', () => {
  const signer = createHmacSigner('key');
  it('says which offer it is, to who signed it alone', () => {
    const token = linkToken({ dispatch: 'AbC-_9', n: 3 }, signer);
    expect(readToken(token, signer)).toEqual({ dispatch: 'AbC-_9', n: 3 });
    expect(readToken(token, createHmacSigner('other'))).toBeNull();
    expect(readToken(token.replace('.3.', '.4.'), signer)).toBeNull();
    expect(readToken(`${token}x`, signer)).toBeNull();
  });
});
