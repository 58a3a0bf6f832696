import type { LocalControl } from '../api/deps.ts';
import { backTestView } from '../api/views/schemes.ts';
import { readScheme } from '../contracts/scheme.ts';
import { parameterFaults } from '../core/compensation/check-parameters.ts';
import type { BackTests } from '../core/ports/back-tests.ts';
import type { Fault } from '../core/units/fault.ts';
import type { Ground } from './parts/ground.ts';

/** What the command asks for: a scheme by name, or a file of one. */
export interface BackTestCommand {
  readonly site: string;
  readonly scheme: string | null;
  readonly file: unknown;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly from: string;
  readonly to: string;
}

export type BackTestAnswer =
  | { readonly outcome: 'begun'; readonly id: string }
  | { readonly outcome: 'busy' | 'unknown_site' | 'unknown_scheme' }
  | { readonly outcome: 'refused'; readonly faults: readonly Fault[] };

/** What `relight backtest` may ask of the running server. */
export function backTestActions(
  { schemes }: Pick<Ground, 'schemes'>,
  backTests: BackTests,
): LocalControl['actions'] {
  // Both ends are of one version: the command sends what the server reads.
  return {
    'back-test': async (argument): Promise<BackTestAnswer> => {
      const { scheme: name, file, parameters, ...asked } = argument as BackTestCommand;
      await schemes.refresh();
      const read = name === null ? readScheme(file) : null;
      if (read !== null && !read.ok) return { outcome: 'refused', faults: read.faults };
      const scheme = read === null ? schemes.known.get(name ?? '') : read.scheme;
      if (scheme === undefined) return { outcome: 'unknown_scheme' };
      const faults = parameterFaults(scheme.file, parameters);
      if (faults.length > 0) return { outcome: 'refused', faults };
      return backTests.begin({ ...asked, name: name ?? scheme.file.id, scheme, parameters });
    },
    'back-test-news': async (argument) => {
      const { site, id } = argument as { site: string; id: string };
      const news = backTests.news(String(site), String(id));
      return news === null ? null : backTestView(news);
    },
    'back-test-cancel': async (argument) => {
      const { site, id } = argument as { site: string; id: string };
      return backTests.cancel(String(site), String(id));
    },
  };
}
