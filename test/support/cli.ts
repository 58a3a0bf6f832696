import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { commands } from '../../cli/commands.ts';
import { Complaint } from '../../cli/complaint.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command as `cli/main.ts` runs it, in this process, with nothing in the environment but `env`. */
export async function runHere(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const [name = '', ...rest] = argv;
  const command = commands[name];
  if (command === undefined) throw new Error(`no command ${name}`);
  const before = process.env;
  process.env = { ...env };
  const written = { stdout: '', stderr: '' };
  try {
    const run = await command.load();
    const code = await run(rest, {
      stdout: (text) => {
        written.stdout += text;
      },
      stderr: (text) => {
        written.stderr += text;
      },
    });
    return { code, ...written };
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return { code: 1, ...written, stderr: `${written.stderr}relight ${name}: ${error.message}\n` };
  } finally {
    process.env = before;
  }
}

/** The program as a process of its own, from its sources. */
export async function spawnCli(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...argv], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
