import type { Fault } from '../units/fault.ts';
import type { Person } from './site.ts';
import type { SiteDraft } from './site-draft.ts';

/** What is lawful about premises and people, but probably not meant. */
export function warnPremises(draft: SiteDraft): Fault[] {
  return [...supplyWarnings(draft), ...personWarnings(draft)];
}

function supplyWarnings({ nodes }: SiteDraft): Fault[] {
  const supplied = new Map<string, string>();
  return nodes.flatMap(({ path, value }) => {
    const { premises } = value;
    if (premises === undefined) return [];
    const warnings: Fault[] = [];
    if (value.kind !== 'unit') {
      const message = `premises '${premises}' hang on ${value.kind} '${value.id}': only units are listed as affected`;
      warnings.push({ path: `${path}/premises`, code: 'premises_not_unit', message });
    }
    const other = supplied.get(premises);
    if (other === undefined) supplied.set(premises, value.id);
    else {
      const message = `premises '${premises}' are supplied at '${other}' and at '${value.id}'`;
      warnings.push({ path: `${path}/premises`, code: 'premises_shared', message });
    }
    return warnings;
  });
}

/** The same phone is the same person, so it should carry one name and one language. */
function personWarnings({ premises }: SiteDraft): Fault[] {
  const known = new Map<string, Person>();
  const warnings: Fault[] = [];
  for (const { path, value } of premises) {
    for (const key of ['owner', 'occupant'] as const) {
      const person = value[key];
      if (person === null) continue;
      const before = known.get(person.phone);
      if (before === undefined) known.set(person.phone, person);
      else if (before.name !== person.name || before.language !== person.language) {
        const message =
          'the same phone stands for the same person, but here with another name or language than before';
        warnings.push({ path: `${path}/${key}`, code: 'person_differs', message });
      }
    }
  }
  return warnings;
}
