import Fraction from 'fraction.js';
import { asNumber, checkKeys } from './arguments.ts';
import type { Operator, Operators } from './compiler.ts';
import { FLAG, numberType, PURE } from './kinds.ts';
import type { Scope, Spell } from './scope.ts';
import { isKeyed, NOTHING, textOf, traced } from './values.ts';

/** Over the spells of a part, each by itself. */
export const SPELL_MEASURES: Operators = {
  /** `{where?}`: interruptions of the part, after merging. */
  count: overSpells('count', (values) => new Fraction(BigInt(values.length)), false),

  /** `{of, where?}` */
  sum: overSpells('sum', (values) => values.reduce((all, value) => all.add(value), NOTHING), true),

  /** `{of, where?}`: the greatest; 0 when there is none. */
  most: overSpells(
    'most',
    (values) => values.reduce((all, value) => (value.gt(all) ? value : all), NOTHING),
    true,
  ),
};

/** Looks at each spell of the part by itself. */
function overSpells(
  op: string,
  combine: (values: readonly Fraction[]) => Fraction,
  needsOf: boolean,
): Operator {
  return (json, path, compiler) => {
    const args = isKeyed(json) ? json : json === true && !needsOf ? {} : null;
    if (args === null || (needsOf && !('of' in args)))
      return compiler.fault(
        path,
        'wrong_form',
        `${op} needs ${needsOf ? '{of, where?}' : '{where?} or true'}`,
      );
    checkKeys(args, path, compiler, needsOf ? ['of', 'where'] : ['where']);
    const each = compiler.in({ interruption: true });
    const of = needsOf ? each.typed(args.of, `${path}/of`, numberType(null)) : null;
    const where = args.where === undefined ? null : each.typed(args.where, `${path}/where`, FLAG);
    return {
      type: numberType(of === null ? PURE : of.type.unit, { low: of === null ? NOTHING : null }),
      run: (scope) => {
        const values: Fraction[] = [];
        const inputs: string[] = [];
        for (const spell of scope.spells) {
          const own = scopeOfSpell(scope, spell);
          if (where !== null && where.run(own) !== true) continue;
          const value = of === null ? NOTHING : asNumber(of.run(own));
          values.push(value);
          inputs.push(of === null ? spell.id : textOf(value));
        }
        return traced(scope, path, op, inputs, combine(values));
      },
    };
  };
}

function scopeOfSpell(scope: Scope, spell: Spell): Scope {
  return {
    ...scope,
    part: scope.part === spell.id ? spell.id : `${scope.part ?? ''}/${spell.id}`,
    from: spell.from,
    to: spell.to,
    interruption: spell.members[0] ?? null,
    spells: [spell],
    pieces: scope.pieces.filter(({ spell: id }) => id === spell.id),
  };
}
