#!/usr/bin/env node
import { commands } from './commands.ts';
import { Complaint } from './complaint.ts';

// Owners' names and numbers stand in the database, a backup and their side files: nobody else on this machine reads them.
process.umask(0o077);

const [name, ...argv] = process.argv.slice(2);
const command = name === undefined ? undefined : commands[name];

if (command === undefined) {
  process.stderr.write(usage(name));
  process.exitCode = name === undefined || name === 'help' || name === '--help' ? 0 : 2;
} else {
  try {
    process.exitCode = await (await command.load())(argv, {
      stdout: (text) => process.stdout.write(text),
      stderr: (text) => process.stderr.write(text),
    });
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    process.stderr.write(`relight ${name}: ${error.message}\n`);
    process.exitCode = 1;
  }
}

function usage(asked: string | undefined): string {
  const lines = Object.entries(commands).map(([key, { summary }]) => `  ${key.padEnd(12)} ${summary}`);
  const unknown =
    asked === undefined || asked.startsWith('-') || asked === 'help'
      ? ''
      : `relight: no command '${asked}'\n\n`;
  return `${unknown}usage: relight <command> [options]\n\n${lines.join('\n')}\n`;
}
