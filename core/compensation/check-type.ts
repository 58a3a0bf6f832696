import { type Compiler, KIND_WORDS } from './compiler.ts';
import { sameUnit, type Type, typeText } from './kinds.ts';
import { nearest } from './nearest.ts';

/** Whether an expression is of the kind, unit and words that its place wants. */
export function checkType(type: Type, wanted: Type, path: string, fault: Compiler['fault']): void {
  if (type.kind === 'unknown' || wanted.kind === 'unknown') return;
  if (type.kind !== wanted.kind) {
    fault(
      path,
      'wrong_type',
      `must be ${KIND_WORDS[wanted.kind]}, this is ${typeText(type)}${hintOf(type, wanted)}`,
    );
  } else if (!sameUnit(type.unit, wanted.unit)) {
    const rate = wanted.unit?.has('money') === true && type.unit?.has('money') === true;
    const hint = rate
      ? '; what is paid per hour, kWh or m2 needs a unit that says so, such as money/hour'
      : '';
    fault(path, 'wrong_unit', `must be ${typeText(wanted)}, this is ${typeText(type)}${hint}`);
  } else if (wanted.values !== null && type.values !== null) {
    const { values } = wanted;
    const strange = type.values.filter((value) => !values.includes(value));
    if (strange.length > 0)
      fault(
        path,
        'not_allowed',
        `'${strange.join(', ')}' is not one of ${values.join(', ')}${nearest(strange[0] ?? '', values)}`,
      );
  }
}

/** How a number or a date would be written where a text stands. */
function hintOf(type: Type, wanted: Type): string {
  if (type.kind !== 'text' || type.values?.length !== 1) return '';
  if (wanted.kind === 'number') return '; numbers are digits with a point: "5000", "2.80", "12.5 %"';
  return wanted.kind === 'date' ? '; dates are YYYY-MM-DD' : '';
}
