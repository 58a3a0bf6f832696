import { readFile } from 'node:fs/promises';
import type { BackTestView } from '../contracts/http/schemes.ts';
import { dayOfDate } from '../core/units/civil.ts';
import type { BackTestAnswer, BackTestCommand } from './back-test-actions.ts';
import { Complaint } from './complaint.ts';
import { askServer } from './control.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { configurationOf } from './parts/configuration.ts';

const USAGE =
  'usage: relight backtest --site ID --scheme NAME|FILE --from YYYY-MM-DD --to YYYY-MM-DD [--parameters JSON] [--pretty]';
const LOOK_MS = 300;

const REASONS = {
  busy: 'a back-test is running: one at a time for each site, and two in all',
  unknown_site: 'there is no such site',
  unknown_scheme: 'there is no such scheme: a name, or the path of a file',
} as const;

/** `relight backtest`: what a scheme would have cost beside the one in force, as JSON on stdout; the running server works it out. */
export async function runBackTest(argv: string[], io: Io): Promise<number> {
  const { values } = readOptions(argv, USAGE, 0, {
    site: { type: 'string' },
    scheme: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    parameters: { type: 'string' },
    pretty: { type: 'boolean' },
  });
  const { site, scheme, from, to, pretty = false } = values;
  if (site === undefined || scheme === undefined || from === undefined || to === undefined)
    throw new Complaint(USAGE);
  if (dayOfDate(from) === null || dayOfDate(to) === null || from > to)
    throw new Complaint('--from and --to are dates YYYY-MM-DD, the first not after the second');
  const { DATA_DIR } = configurationOf(process.env);
  const ask = async (action: string, argument: unknown): Promise<unknown> => {
    const answer = await askServer(DATA_DIR, action, argument);
    if (answer === null) throw new Complaint('no server runs on this data: start it, then ask again');
    return answer.result;
  };
  const isFile = /[/\\]|\.json$/.test(scheme);
  const command: BackTestCommand = {
    site,
    scheme: isFile ? null : scheme,
    file: isFile ? jsonOf(await textOf(scheme), scheme) : null,
    parameters: parametersIn(values.parameters),
    from,
    to,
  };
  // Both ends are of one version: the server answers what this command reads.
  const begun = (await ask('back-test', command)) as BackTestAnswer;
  if (begun.outcome === 'refused')
    throw new Complaint(`refused:\n${begun.faults.map((one) => `  ${one.path}: ${one.message}`).join('\n')}`);
  if (begun.outcome !== 'begun') throw new Complaint(REASONS[begun.outcome]);
  for (let told = 0; ; ) {
    const news = (await ask('back-test-news', { site, id: begun.id })) as BackTestView | null;
    if (news === null)
      throw new Complaint('the back-test is gone: the server was restarted, or another was begun');
    if (news.state === 'failed') throw new Complaint('it broke off: the log says why');
    if (news.state === 'cancelled') throw new Complaint('it was stopped');
    if (news.state === 'done') {
      io.stdout(`${JSON.stringify(news, null, pretty ? 2 : 0)}\n`);
      return 0;
    }
    const percent = Math.floor(news.progress * 100);
    if (percent >= told + 10) {
      io.stderr(`${percent} %\n`);
      told = percent;
    }
    await new Promise((next) => setTimeout(next, LOOK_MS));
  }
}

function parametersIn(text: string | undefined): Readonly<Record<string, unknown>> {
  const given = text === undefined ? {} : jsonOf(text, '--parameters');
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Complaint('--parameters is an object, such as \'{"rate": "2.80"}\'');
  return { ...given };
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Complaint(`${path} cannot be read (${cause.code})`, { cause });
  });
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Complaint(`${name} is no JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
