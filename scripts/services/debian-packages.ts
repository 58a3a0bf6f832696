import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Program {
  readonly name: string;
  readonly package: string;
  find(): string | null;
}

const INSTALL_MS = 10 * 60_000;

export const postgres: Program = {
  name: 'PostgreSQL',
  package: 'postgresql',
  find: () => findPostgres('postgres'),
};
export const influx: Program = { name: 'InfluxDB', package: 'influxdb', find: () => onPath('influxd') };
export const mosquitto: Program = {
  name: 'Mosquitto',
  package: 'mosquitto',
  find: () => onPath('mosquitto'),
};
export const chromium: Program = { name: 'Chromium', package: 'chromium', find: () => onPath('chromium') };
/** Without it Chromium draws boxes where the board is Chinese, and nobody can judge a screenshot. */
export const chineseFont: Program = {
  name: 'a Chinese font',
  package: 'fonts-noto-cjk',
  find: () => FONTS.find((path) => existsSync(path)) ?? null,
};
const FONTS = ['NotoSansCJK-Regular.ttc', 'NotoSansCJKsc-Regular.otf'].map(
  (file) => `/usr/share/fonts/opentype/noto/${file}`,
);

/** The path of an installed program, or an error that says how to get it. */
export function locate(program: Program): string {
  const path = program.find();
  if (path === null) throw new Error(`${program.name} is not installed: apt-get install ${program.package}`);
  return path;
}

/** Installs what is missing with apt-get, as root; anybody else is told what to install. */
export function ensureInstalled(programs: readonly Program[]): void {
  const missing = programs.filter((program) => program.find() === null);
  if (missing.length === 0) return;
  const packages = missing.map((program) => program.package);
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || onPath('apt-get') === null) {
    throw new Error(`Missing: ${missing.map(({ name }) => name).join(', ')}. As root on Debian: ${command}`);
  }

  console.log(command);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  const still = missing.filter((program) => program.find() === null);
  if (still.length > 0)
    throw new Error(`Still missing after ${command}: ${still.map(({ name }) => name).join(', ')}`);
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: INSTALL_MS,
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `exit code ${status}`}`);
}

export function onPath(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Debian keeps PostgreSQL's server programs in a folder per version, off the path. */
export function findPostgres(program: string): string | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const path = versions
    .map((version) => join(root, version, 'bin', program))
    .find((candidate) => existsSync(candidate));
  return path ?? onPath(program);
}
