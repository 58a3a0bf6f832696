import type { MissingList } from '../../contracts/http/facts.ts';
import type { Scheme } from '../../core/compensation/compiled.ts';
import type { Words } from '../../core/compensation/rule.ts';
import type { Estimate } from '../../core/ports/estimate-store.ts';

/** One line for each thing that an estimate lacks, with the scheme's own words for it. */
export function missingOf(estimate: Estimate, scheme: Scheme | undefined): MissingList['items'] {
  const { incident, premises } = estimate;
  return (estimate.refused ?? []).map(({ path, code }) => ({
    incident,
    premises,
    scheme: estimate.scheme,
    path,
    code,
    title: scheme === undefined ? null : titleOf(path, scheme),
  }));
}

function titleOf(path: string, { file }: Scheme): Words | null {
  const [group = '', first = '', second = ''] = path.split('/');
  const { inputs = {}, parameters } = file;
  if (group === 'parameters') return parameters[first]?.title ?? null;
  if (group === 'premises') return inputs.premises?.[first]?.title ?? null;
  if (group === 'facts') return inputs.facts?.[first]?.title ?? null;
  return group === 'interruptions' ? (inputs.interruption?.[second]?.title ?? null) : null;
}
