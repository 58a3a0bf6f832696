import type Fraction from 'fraction.js';
import { parseDecimal } from '../units/decimal.ts';
import { pointerStep } from '../units/fault.ts';
import { checkKeys, numberOf } from './arguments.ts';
import { type Band, checkBands } from './bands.ts';
import { common } from './choices.ts';
import type { Compiled, Compiler, Operators } from './compiler.ts';
import { numberType, timesUnit } from './kinds.ts';
import { consequence, isKeyed, NOTHING, textOf, traced } from './values.ts';

/** Values by band and tier. */
export const STEPPED: Operators = {
  /** `{of, bands: [{from | above, to | below, is}], else?}`: open and closed ends are said, gaps and overlaps are faults. */
  bands: (json, path, compiler) => {
    if (!isKeyed(json) || !('of' in json) || !Array.isArray(json.bands) || json.bands.length === 0)
      return compiler.fault(
        path,
        'wrong_form',
        'bands needs {of, bands: [{from or above, to or below, is}], else?}',
      );
    checkKeys(json, path, compiler, ['of', 'bands', 'else']);
    const of = compiler.typed(json.of, `${path}/of`, numberType(null));
    const bands = json.bands.map((one: unknown, i) => bandOf(one, `${path}/bands/${i}`, compiler));
    const other = 'else' in json ? compiler.expression(json.else, `${path}/else`) : null;
    checkBands(bands, other !== null, of.type, path, compiler);
    const branches = [...bands.map(({ is }) => is), ...(other === null ? [] : [other])];
    return {
      type: common(
        branches,
        branches.map((_, i) => (i < bands.length ? `${path}/bands/${i}/is` : `${path}/else`)),
        compiler,
      ),
      run: (scope) => {
        const value = numberOf(of, scope, `${path}/of`);
        const index = bands.findIndex((band) => contains(band, value));
        const taken = bands[index]?.is ?? other;
        if (taken === null) return consequence(scope, path, 'no_band');
        return traced(
          scope,
          path,
          'bands',
          [textOf(value), index < 0 ? 'else' : String(index)],
          taken.run(scope),
        );
      },
    };
  },

  /** `{of, tiers: [{to?, each}]}`: the part of a quantity inside each tier at that tier's rate, summed. */
  tiers: (json, path, compiler) => {
    if (!isKeyed(json) || !('of' in json) || !Array.isArray(json.tiers) || json.tiers.length === 0)
      return compiler.fault(path, 'wrong_form', 'tiers needs {of, tiers: [{to, each}, …, {each}]}');
    checkKeys(json, path, compiler, ['of', 'tiers']);
    const of = compiler.typed(json.of, `${path}/of`, numberType(null));
    const tiers = json.tiers.map((one: unknown, i) => tierOf(one, `${path}/tiers/${i}`, compiler));
    for (const [i, { to }] of tiers.entries()) {
      const before = i === 0 ? NOTHING : (tiers[i - 1]?.to ?? null);
      const last = i === tiers.length - 1;
      if (to === null && !last)
        compiler.fault(`${path}/tiers/${i + 1}`, 'unreachable', 'the tier before it has no end');
      if (to !== null && before !== null && to.lte(before))
        compiler.fault(`${path}/tiers/${i}/to`, 'overlap', 'must be above the end of the tier before it');
    }
    const end = tiers.at(-1)?.to ?? null;
    if (end !== null)
      compiler.fault(
        `${path}/tiers/${tiers.length - 1}`,
        'gap',
        `nothing is said above ${textOf(end)}; give a last tier without to, each "0" if no more is paid`,
      );
    const each = tiers.map((tier) => tier.each);
    const rate = common(
      each,
      each.map((_, i) => `${path}/tiers/${i}/each`),
      compiler,
    );
    return {
      type: numberType(timesUnit(of.type.unit, rate.unit, 1)),
      run: (scope) => {
        const quantity = numberOf(of, scope, `${path}/of`);
        let sum = NOTHING;
        let below = NOTHING;
        const inputs = [textOf(quantity)];
        for (const [i, tier] of tiers.entries()) {
          if (quantity.lte(below)) break;
          const end = tier.to === null || quantity.lt(tier.to) ? quantity : tier.to;
          const price = numberOf(tier.each, scope, `${path}/tiers/${i}/each`);
          sum = sum.add(end.sub(below).mul(price));
          inputs.push(textOf(end.sub(below)), textOf(price));
          below = end;
        }
        return traced(scope, path, 'tiers', inputs, sum);
      },
    };
  },
};

type ReadBand = Band & { readonly is: Compiled };

function bandOf(json: unknown, path: string, compiler: Compiler): ReadBand {
  if (!isKeyed(json) || !('is' in json)) {
    const is = compiler.fault(path, 'wrong_form', 'a band needs {from or above, to or below, is}');
    return { low: null, lowIn: false, high: null, highIn: false, is };
  }
  checkKeys(json, path, compiler, ['from', 'above', 'to', 'below', 'is']);
  const end = (inside: string, outside: string) => {
    const key = json[inside] !== undefined ? inside : outside;
    if (json[inside] !== undefined && json[outside] !== undefined)
      compiler.fault(path, 'wrong_form', `says both ${inside} and ${outside}`);
    const text = json[key];
    const value = typeof text === 'string' ? parseDecimal(text) : null;
    if (text !== undefined && value === null)
      compiler.fault(`${path}/${pointerStep(key)}`, 'wrong_form', 'must be a decimal string');
    return { value, inside: key === inside };
  };
  const [low, high] = [end('from', 'above'), end('to', 'below')];
  return {
    low: low.value,
    lowIn: low.inside,
    high: high.value,
    highIn: high.inside,
    is: compiler.expression(json.is, `${path}/is`),
  };
}

function contains({ low, lowIn, high, highIn }: Band, value: Fraction): boolean {
  const above = low === null || (lowIn ? value.gte(low) : value.gt(low));
  return above && (high === null || (highIn ? value.lte(high) : value.lt(high)));
}

function tierOf(json: unknown, path: string, compiler: Compiler) {
  if (!isKeyed(json) || !('each' in json))
    return { to: null, each: compiler.fault(path, 'wrong_form', 'a tier needs {to, each}') };
  checkKeys(json, path, compiler, ['to', 'each']);
  const to = typeof json.to === 'string' ? parseDecimal(json.to) : null;
  if (json.to !== undefined && to === null)
    compiler.fault(`${path}/to`, 'wrong_form', 'must be a decimal string');
  return { to, each: compiler.typed(json.each, `${path}/each`, numberType(null)) };
}
