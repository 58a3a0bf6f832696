import type { LedgerEntry } from '../interruptions/interruption.ts';
import {
  dropSpell,
  type LedgerRules,
  putSpell,
  rejoin,
  type Spell,
  settle,
} from '../interruptions/ledger.ts';
import { idOf } from '../topology/network.ts';
import type { Instant } from '../units/time.ts';
import { portionOf, SMALL_PORTION } from './portion.ts';
import type { AffectedRecord, IncidentRecord, Round } from './record.ts';
import type { World } from './world.ts';

/**
 * Brings the ledger in line with the incidents for the units that were touched, the longest waiting first, and gives the
 * new lines. `behind`: units were waiting before this step; `busy`: it has done much already.
 */
export function ledgerLines(world: World, behind: boolean, busy: boolean): LedgerEntry[] {
  const { touched, state } = world;
  if (touched.size === 0) return [];
  const rules = rulesOf(world);
  const records = state.incidents.filter(bookable);
  const most = portionOf(touched.size, behind);
  const portion = firstOf(touched, busy ? Math.min(most, SMALL_PORTION) : most);
  for (const [unit] of portion) {
    const wanted = new Set<string>();
    for (const record of records) {
      for (const round of record.rounds) {
        const entry = round.units.get(unit);
        if (entry === undefined || entry.basis === 'unknown') continue;
        const spell = spellOf(record, round, entry, entry.elsewhere ? ownEnd(world, records, unit) : 0);
        if (spell.until > 0 && spell.until <= spell.from) continue;
        wanted.add(spell.key);
        putSpell(state.ledger, unit, spell, rules, state.at);
      }
    }
    for (const known of state.ledger.get(unit) ?? []) {
      for (const { key, settled } of [...known.spells])
        if (settled !== true && !wanted.has(key)) dropSpell(state.ledger, unit, key);
    }
    rejoin(state.ledger, unit, rules, state.at);
  }
  for (const [unit] of portion) touched.delete(unit);
  return portion.flatMap(([unit, reason]) => settle(state.ledger, unit, rules, state.at, reason));
}

function firstOf(touched: ReadonlyMap<number, string>, most: number): [number, string][] {
  const first: [number, string][] = [];
  for (const item of touched) {
    if (first.length >= most) break;
    first.push(item);
  }
  return first;
}

function bookable(record: IncidentRecord): boolean {
  return record.interrupts && (record.kind === 'outage' || record.kind === 'partial');
}

/** When the incident that keeps the unit saw it back; 0 while it does not. */
function ownEnd(world: World, records: readonly IncidentRecord[], unit: number): Instant {
  let end = 0;
  for (const { spells } of world.state.ledger.get(unit) ?? [])
    for (const { settled, until } of spells) if (settled === true) end = Math.max(end, until);
  for (const { rounds } of records) {
    for (const { units } of rounds) {
      const entry = units.get(unit);
      if (entry === undefined || entry.elsewhere) continue;
      if (entry.until === 0) return 0;
      end = Math.max(end, entry.until);
    }
  }
  return end;
}

function spellOf(record: IncidentRecord, round: Round, entry: AffectedRecord, ownEnd: Instant): Spell {
  const until = entry.until === 0 ? ownEnd : entry.until;
  return {
    key: `${record.key}#${round.burst}`,
    incident: record.published ? record.id : null,
    phases: entry.phases,
    from: entry.from,
    until: until === 0 ? 0 : Math.max(until, entry.from),
    planned: record.planned,
  };
}

function rulesOf(world: World): LedgerRules {
  const { network } = world.current();
  return {
    momentary_ms: 1000 * world.settings.momentary_s,
    unit: (unit) => ({ node: idOf(network, unit), premises: network.nodes[unit]?.premises ?? null }),
    newId(at: Instant) {
      world.state.ordinals.interruption += 1;
      return world.newId('interruption', at, world.state.ordinals.interruption);
    },
  };
}
