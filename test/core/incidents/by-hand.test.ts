import { describe, expect, it } from 'vitest';
import { foldEvents } from '../../../cli/replay/fold.ts';
import { replayId } from '../../../cli/replay/replay-run.ts';
import type { Command } from '../../../core/incidents/engine.ts';
import { restoreSiteEngine } from '../../../core/incidents/site-engine.ts';
import { compound } from '../../support/compound.ts';
import { fieldEvents } from '../../support/field.ts';
import { clock, type Line, PROFILES, replayed, toReplay } from '../../support/replayed.ts';

const site = compound({ floors: 3 });
const said = (at: string, command: Command): Line => ({ at: clock(at), command });

function dark(commands: readonly Line[], until = '10:40:00') {
  const lines = fieldEvents(site, {
    start: clock('09:50:00'),
    until: clock('10:30:00'),
    cuts: [{ node: 'F2', from: clock('10:00:00'), to: clock('10:15:00') }],
    gasp: 0.8,
  });
  return replayed(
    site,
    [...lines, ...commands].sort((a, b) => a.at - b.at),
    clock(until),
  );
}

describe('an incident amended by hand', () => {
  it('begins when the person says, and the ledger with it', () => {
    const { incidents, interruptions } = dark([
      said('10:20:00', {
        type: 'amend',
        incident: 'i1',
        from: clock('09:58:00'),
        cause: 'fuse',
        reason: 'guard saw it',
        by: 'user-7',
      }),
    ]);
    expect(incidents).toMatchObject([{ root: 'F2', onset: '2026-03-01T09:58:00.000Z' }]);
    expect(new Set(interruptions.map(({ from }) => from))).toEqual(new Set(['2026-03-01T09:58:00.000Z']));
    expect(incidents[0]?.timeline.filter(({ event }) => event === 'amended').at(-1)?.reason).toBe(
      'guard saw it; cause: fuse',
    );
  });

  it('keeps units that were added, and their end', () => {
    const unit = { node: 'u-F3-1', from: clock('10:01:00'), to: clock('10:20:00') };
    const { interruptions } = dark([
      said('10:25:00', { type: 'amend', incident: 'i1', units: [unit], reason: 'cable to the flat' }),
    ]);
    expect(interruptions.find(({ premises }) => premises === 'F3-1')).toMatchObject({
      from: '2026-03-01T10:01:00.000Z',
      to: '2026-03-01T10:20:00.000Z',
    });
    expect(interruptions).toHaveLength(5);
  });

  it('drops units that had supply all along, whatever they report later', () => {
    const { incidents, interruptions } = dark([
      said('10:05:00', { type: 'amend', incident: 'i1', without: ['u-F2-2'], reason: 'own battery' }),
    ]);
    expect(incidents[0]?.affected.map(({ node }) => node)).toEqual(['u-F2-1', 'u-F2-3', 'u-F2-4']);
    expect(interruptions.map(({ premises }) => premises).sort()).toEqual(['F2-1', 'F2-3', 'F2-4']);
  });

  it('still ends by evidence where the person left the end open', () => {
    const { incidents } = dark([
      said('10:05:00', {
        type: 'amend',
        incident: 'i1',
        units: [{ node: 'u-F2-1', from: clock('09:59:00'), to: null }],
        reason: 'called',
      }),
    ]);
    const unit = incidents[0]?.affected.find(({ node }) => node === 'u-F2-1');
    expect(unit?.from).toBe('2026-03-01T09:59:00.000Z');
    expect(Math.abs(Date.parse(unit?.to ?? '') - clock('10:15:00'))).toBeLessThan(2_000);
  });

  it('is found by its root and onset where a replay names it otherwise', () => {
    const command = {
      type: 'amend',
      incident: '0198-live-id',
      root: 'F2',
      onset: clock('10:00:00'),
      without: ['u-F2-2'],
      reason: '',
    } as const;
    expect(
      dark([said('10:20:00', command)])
        .interruptions.map(({ premises }) => premises)
        .sort(),
    ).toEqual(['F2-1', 'F2-3', 'F2-4']);
  });

  it('is left alone when nobody knows it, and by what is no unit', () => {
    const plain = dark([]);
    const amended = dark([
      said('10:20:00', { type: 'amend', incident: 'i9', from: clock('09:58:00'), reason: 'x' }),
      said('10:21:00', { type: 'amend', incident: 'i1', units: [{ node: 'R1', to: null }], reason: 'x' }),
    ]);
    expect(amended.interruptions).toEqual(plain.interruptions);
  });
});

describe('a device out of service', () => {
  const lying: Line[] = ['m-F1-1', 'm-F1-2'].map((device) => ({
    at: clock('10:20:00'),
    topic: `relight/s/${device}/event`,
    payload: { ts: clock('10:20:00'), type: 'power_lost' },
  }));
  const out = (device: string, at: string, gone = true) =>
    said(at, { type: 'out_of_service', device, out: gone, reason: 'loose terminal' });

  it('proves nothing, and its unit is no longer known by it', () => {
    const { incidents } = dark([out('m-F1-1', '10:10:00'), out('m-F1-2', '10:10:00'), ...lying]);
    expect(incidents.map(({ root }) => root)).toEqual(['F2']);
  });

  it('takes back what it told before', () => {
    const commands = ['u-F2-1', 'u-F2-2', 'u-F2-3', 'u-F2-4'].map((unit) =>
      out(unit.replace('u-', 'm-'), '10:02:00'),
    );
    const { incidents } = dark(commands);
    expect(incidents).toMatchObject([{ root: 'F2', state: 'retracted' }]);
  });

  it('is believed again once it is back', () => {
    const { incidents } = dark([out('m-F1-1', '10:10:00'), out('m-F1-1', '10:16:00', false), ...lying]);
    expect(incidents.some(({ root }) => root.includes('F1'))).toBe(true);
  });

  it('stays out over a restart of the engine', () => {
    const events = toReplay([
      ...fieldEvents(site, { start: clock('09:50:00'), until: clock('10:30:00') }),
      out('m-F1-1', '10:10:00'),
      out('m-F1-2', '10:10:00'),
      ...lying,
    ]);
    let restarts = 0;
    const { incidents } = foldEvents(site, PROFILES, events, clock('10:40:00'), (engine) => {
      restarts += 1;
      return restarts % 20 === 0
        ? restoreSiteEngine(site, PROFILES, replayId, JSON.parse(JSON.stringify(engine.snapshot())))
        : engine;
    });
    expect(restarts).toBeGreaterThan(20);
    expect(incidents).toEqual([]);
  });
});
