import { compound } from './test/support/compound.ts';
import { essence } from './test/support/essence.ts';
import { fieldEvents, random } from './test/support/field.ts';
import { clock, replayed } from './test/support/replayed.ts';
const site = compound({ floors: 3, perFloor: 4 });
const START = clock('09:54:00'), QUIET = clock('10:00:00'), END = clock('10:30:00');
const NODES = ['U', 'TX1', 'MDB-A', 'R1', 'R2', 'R3', 'F1', 'F2', 'H2', 'K2', 'u-F1-1', 'u-H2-3'];
let bad = 0;
const show = process.argv[2] ? Number(process.argv[2]) : -1;
for (let i = 0; i < 60; i++) {
  if (show >= 0 && i !== show) continue;
  const c = random(1000 + i);
  const cuts = Array.from({ length: 1 + Math.floor(c() * 2) }, () => { const node = NODES[Math.floor(c() * NODES.length)]!; const from = QUIET + (10 + Math.floor(c() * 290)) * 1000; return { node, from, to: from + (30 + Math.floor(c() * 570)) * 1000, ...(node.startsWith('u-') ? {} : { phases: c() < 0.75 ? 'ABC' : 'B' }) }; });
  const lines = fieldEvents(site, { start: START, until: END, cuts, seed: i, gasp: [0.3, 0.6, 0.9][i % 3]! });
  const r = random(i);
  const share = i % 2 ? 0.05 : 0.3;
  const moved = lines.map((line) => (line.at > QUIET && r() < share ? { ...line, at: line.at + Math.floor(r() * 120_000) } : line));
  const a = replayed(site, lines, END + 120_000), b = replayed(site, moved, END + 120_000);
  const [ea, eb] = [essence(a), essence(b)];
  if (JSON.stringify(ea) === JSON.stringify(eb)) continue;
  bad++;
  console.log(i, 'share', share, cuts.map((x: any) => `${x.node} ${x.phases ?? ''} ${new Date(x.from).toISOString().slice(11, 19)}-${new Date(x.to).toISOString().slice(11, 19)}`).join('; '), '| inc', JSON.stringify(ea.incidents) === JSON.stringify(eb.incidents) ? 'same' : `${a.incidents.map((x) => `${x.kind} ${x.root} ${x.phases} ${x.state} ${x.affected.length}`)} <> ${b.incidents.map((x) => `${x.kind} ${x.root} ${x.phases} ${x.state} ${x.affected.length}`)}`, '| ledger', JSON.stringify(ea.interruptions) === JSON.stringify(eb.interruptions) ? 'same' : `${ea.interruptions.length} ${eb.interruptions.length}`);
  if (show >= 0) {
    for (const [x, y] of [[ea.interruptions, eb.interruptions]] as any) { for (const s of x) if (!y.includes(s)) console.log(' - ', s); for (const s of y) if (!x.includes(s)) console.log(' + ', s); }
    for (const r of [a, b]) for (const k of r.incidents) console.log(k.id, k.kind, k.root, k.phases, k.state, k.onset.slice(11, 23), k.restoredAt?.slice(11, 23), k.timeline.map((t) => t.at.slice(11, 19) + t.event + ':' + t.reason).join('; '));
  }
}
console.log('bad', bad);
