import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createChildServer, freePort, type TestServer } from './child-server.ts';
import { findPostgres, locate, postgres } from './debian-packages.ts';

/** A private cluster with an empty database `relight`; the administrator's password is random. */
export async function startPostgres(): Promise<TestServer> {
  const command = locate(postgres);
  const home = await mkdtemp(join(tmpdir(), 'relight-postgres-'));
  const owner = unprivilegedUser();
  const password = randomBytes(16).toString('hex');
  const data = join(home, 'data');
  try {
    await writeFile(join(home, 'password'), password, { mode: 0o600 });
    if (owner !== undefined)
      for (const path of [home, join(home, 'password')]) chownSync(path, owner.uid, owner.gid);
    initialise(data, join(home, 'password'), owner);
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }

  const port = await freePort();
  const at = `postgresql://relight:${password}@127.0.0.1:${port}`;
  const server = createChildServer({
    name: 'PostgreSQL',
    command,
    args: ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', home, '-c', 'max_connections=50'],
    ...owner,
    stopSignal: 'SIGINT',
    probe: () => query(`${at}/postgres`, 'SELECT 1'),
  });
  const stop = async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    await server.start();
    await query(`${at}/postgres`, 'CREATE DATABASE relight');
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `${at}/relight`, stop, halt: server.stop, resume: server.start };
}

/** PostgreSQL refuses to run as root; Debian's package brings the user `postgres`. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ['-u', '-g'].map((flag) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout),
  );
  if (!(uid && gid)) throw new Error('There is no user postgres to run PostgreSQL as');
  return { uid, gid };
}

function initialise(
  data: string,
  passwordFile: string,
  owner: { uid: number; gid: number } | undefined,
): void {
  const initdb = findPostgres('initdb');
  if (initdb === null) throw new Error('PostgreSQL has no initdb');
  const args = [
    '-D',
    data,
    '-U',
    'relight',
    '--pwfile',
    passwordFile,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
    '-N',
  ];
  const { status, stderr, stdout } = spawnSync(initdb, args, {
    encoding: 'utf8',
    timeout: 60_000,
    cwd: '/',
    ...owner,
  });
  if (status !== 0) throw new Error(`initdb failed:\n${stdout}${stderr}`);
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
