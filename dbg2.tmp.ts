import { compound } from './test/support/compound.ts';
import { fieldEvents } from './test/support/field.ts';
import { clock, replayed } from './test/support/replayed.ts';
const which = process.argv[2];
const vs: any = {
  few: { site: { interval_s: 30, floors: 6, perFloor: 3 }, seed: 21, gasp: 0.25 },
  many: { site: { interval_s: 15, floors: 4, perFloor: 4 }, seed: 22, gasp: 0.9 },
  slow: { site: { floors: 5, perFloor: 4, detection: { gaspHold_s: 12, gaspDelay_s: 8, voltageHold_s: 25, closeHold_s: 120 } }, seed: 25, gasp: 0.5 },
};
const v = vs[process.argv[3]!];
const site = compound(v.site);
let result: any;
if (which === '20') {
  const cuts: any[] = Array.from({ length: 8 }, (_, i) => ({ node: 'R3', from: clock('10:00:00') + i * 25_000, to: clock('10:00:12') + i * 25_000 }));
  cuts.push({ node: 'R3', from: clock('10:03:30'), to: clock('10:25:00') });
  result = replayed(site, fieldEvents(site, { start: clock('09:50:00'), until: clock('10:50:00'), seed: v.seed, gasp: v.gasp, cuts, gaspSpread_ms: 1500, lateReturn_ms: 2000 }), clock('11:00:00'));
} else {
  const cuts = [{ node: 'F2', from: clock('10:03:00'), to: clock('10:28:00') }, { node: 'F3', from: clock('10:10:00'), to: clock('10:20:00') }];
  result = replayed(site, [{ at: clock('09:51:00'), command: { type: 'planned', id: 'W', nodes: ['F2'], from: clock('10:00:00'), to: clock('10:30:00') } }, ...fieldEvents(site, { start: clock('09:50:00'), until: clock('10:45:00'), seed: v.seed, gasp: v.gasp, cuts })] as any, clock('10:50:00'));
}
for (const i of result.incidents) console.log(i.id, i.kind, i.root, i.state, 'nested', i.nestedOf, i.onset.slice(11, 23), i.restoredAt?.slice(11, 23), 'flaps', i.flaps, 'n', i.affected.length, '\n   ' + i.timeline.map((t: any) => t.at.slice(11, 19) + ' ' + t.event + ' ' + t.reason).join('\n   '));
