import { measureDeep, measureWide } from './detection-change.ts';
import { measureStorm } from './detection-storm.ts';
import type { Bench } from './figures.ts';

/** What detection costs: one change of evidence, quiet operation, and the outage of many. */
export const detection: Bench = {
  name: 'detection',
  async run(say) {
    const wide = await measureWide(say);
    const deep = await measureDeep(say);
    const storm = await measureStorm(say);
    return [wide, ...(deep === null ? [] : [deep]), ...storm];
  },
};
