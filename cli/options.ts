import { parseArgs } from 'node:util';
import { Complaint } from './complaint.ts';

interface Kinds {
  readonly string: string;
  readonly boolean: boolean;
}
type Options = Readonly<Record<string, { readonly type: keyof Kinds }>>;

export interface ReadOptions<O extends Options> {
  /** As many as the command takes. */
  readonly names: readonly string[];
  readonly values: { readonly [K in keyof O]?: Kinds[O[K]['type']] };
}

/** Options and so many names; anything else is answered with the usage. */
export function readOptions<const O extends Options>(
  argv: string[],
  usage: string,
  names: number,
  options: O,
): ReadOptions<O> {
  try {
    const { positionals, values } = parseArgs({ args: argv, allowPositionals: true, options });
    // Of the kinds that the options name, as parseArgs has checked.
    if (positionals.length === names)
      return { names: positionals, values: values as ReadOptions<O>['values'] };
  } catch (error) {
    throw new Complaint(`${error instanceof Error ? error.message : String(error)}\n${usage}`, {
      cause: error,
    });
  }
  throw new Complaint(usage);
}
