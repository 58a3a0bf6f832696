import Fraction from 'fraction.js';
import { isNegative } from '../units/decimal.ts';
import { fractionOf, isCountable, money, moneyOf } from '../units/money.ts';
import { splitMoney } from '../units/split.ts';
import { asText, checkKeys, numberOf } from './arguments.ts';
import type { Compiler, Operators } from './compiler.ts';
import { FLAG, MONEY, numberType, TEXT } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { Scope } from './scope.ts';
import { consequence, isKeyed, NOTHING, numberIn, refuse, textOf, traced } from './values.ts';

/** A total among many, and many into a total. */
export const SHARES: Operators = {
  /**
   * `{total, weights, to, equal?}`: this one's share in whole minor units, such that all shares sum to the total: largest
   * remainders first, equal ones in the order of their ids. `weights` names a fact `{id: weight}`; `equal` ignores the weights.
   */
  allocate: (json, path, compiler) => {
    if (!isKeyed(json))
      return compiler.fault(path, 'wrong_form', 'allocate needs {total, weights, to, equal?}');
    checkKeys(json, path, compiler, ['total', 'weights', 'to', 'equal']);
    const total = compiler.typed(json.total, `${path}/total`, numberType(MONEY));
    const weights = factOfType(json.weights, 'weights', `${path}/weights`, compiler);
    const to = compiler.typed(json.to, `${path}/to`, TEXT);
    const equal = compiler.typed(json.equal ?? false, `${path}/equal`, FLAG);
    return {
      type: numberType(MONEY),
      run: (scope) => {
        const sum = numberOf(total, scope, `${path}/total`);
        const all = weightsIn(scope, weights, equal.run(scope) === true);
        const id = asText(to.run(scope));
        const index = all.findIndex((one) => one.id === id);
        if (index < 0) return consequence(scope, `facts/${weights}/${id}`, 'missing_input');
        if (all.every(({ weight }) => weight.n === 0n))
          return consequence(scope, `facts/${weights}`, 'weights_are_zero');
        const { currency } = scope.scheme.file;
        if (!isCountable(sum, currency)) return consequence(scope, `${path}/total`, 'out_of_range');
        const shares = splitMoney(
          moneyOf(sum, currency, 'half_up'),
          all.map(({ weight }) => weight),
        );
        const inputs = [textOf(sum), id, ...all.map((one) => `${one.id} ${textOf(one.weight)}`)];
        return traced(scope, path, 'allocate', inputs, fractionOf(shares[index] ?? money(0, currency)));
      },
    };
  },

  /** `{in, is, where?}`: over the entries of a list among the facts, whose fields `entry` reads. */
  sum_list: (json, path, compiler) => {
    if (!isKeyed(json) || !('is' in json))
      return compiler.fault(path, 'wrong_form', 'sum_list needs {in, is, where?}');
    checkKeys(json, path, compiler, ['in', 'is', 'where']);
    const list = factOfType(json.in, 'list', `${path}/in`, compiler);
    const each = compiler.in({ entry: list });
    const is = each.typed(json.is, `${path}/is`, numberType(null));
    const where = json.where === undefined ? null : each.typed(json.where, `${path}/where`, FLAG);
    return {
      type: numberType(is.type.unit),
      run: (scope) => {
        const given = scope.case.facts[list];
        const optional = scope.scheme.file.inputs?.facts?.[list]?.optional === true;
        const entries = given === undefined && optional ? [] : given;
        if (!Array.isArray(entries) || !entries.every(isKeyed))
          return refuse(scope, `facts/${list}`, given === undefined ? 'missing_input' : 'not_a_list');
        const values = entries
          .map((entry) => ({ ...scope, entry }))
          .filter((own) => where === null || where.run(own) === true)
          .map((own) => numberOf(is, own, `${path}/is`));
        return traced(
          scope,
          path,
          'sum_list',
          values.map(textOf),
          values.reduce((a, b) => a.add(b), NOTHING),
        );
      },
    };
  },
};

function factOfType(json: unknown, type: 'weights' | 'list', path: string, compiler: Compiler): string {
  const specs = compiler.file.inputs?.facts ?? {};
  const known = Object.keys(specs).filter((name) => specs[name]?.type === type);
  const name = typeof json === 'string' ? json : '';
  if (known.includes(name)) compiler.uses('facts', name);
  else
    compiler.fault(
      path,
      'unknown_fact',
      `must name a fact of type ${type}: ${known.join(', ')}${nearest(name, known)}`,
    );
  return name;
}

function weightsIn(scope: Scope, fact: string, equal: boolean): readonly { id: string; weight: Fraction }[] {
  const given = scope.case.facts[fact];
  if (!isKeyed(given)) {
    refuse(scope, `facts/${fact}`, given === undefined ? 'missing_input' : 'not_weights');
    return [];
  }
  return Object.keys(given)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((id) => {
      const weight = numberIn(given[id]);
      if (weight !== null && !isNegative(weight)) return { id, weight: equal ? new Fraction(1n) : weight };
      refuse(scope, `facts/${fact}/${id}`, 'not_a_decimal_string');
      return { id, weight: NOTHING };
    });
}
