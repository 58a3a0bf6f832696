import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChildServer, freePort, type TestServer } from './child-server.ts';
import { locate, mosquitto, onPath } from './debian-packages.ts';

/** A private Mosquitto that keeps sessions and messages over `halt` and `resume`; its one user is in the address. */
export async function startMosquitto(): Promise<TestServer> {
  const command = locate(mosquitto);
  const home = await mkdtemp(join(tmpdir(), 'relight-mosquitto-'));
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const configuration = join(home, 'mosquitto.conf');
  const stopped = () => rm(home, { recursive: true, force: true });
  try {
    // Started as root, Mosquitto goes on as its own user and must still reach its files.
    chmodSync(home, 0o777);
    writePassword(join(home, 'passwords'), password);
    await writeFile(configuration, configurationOf(home, port));
  } catch (error) {
    await stopped();
    throw error;
  }
  const server = createChildServer({
    name: 'Mosquitto',
    command,
    args: ['-c', configuration],
    probe: () => connects(port),
  });
  const stop = async () => {
    await server.stop();
    await stopped();
  };
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `mqtt://relight:${password}@127.0.0.1:${port}`,
    stop,
    halt: server.stop,
    resume: server.start,
  };
}

function writePassword(file: string, password: string): void {
  const command = onPath('mosquitto_passwd');
  if (command === null) throw new Error('Mosquitto has no mosquitto_passwd');
  const { status, stderr } = spawnSync(command, ['-b', '-c', file, 'relight', password], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  if (status !== 0) throw new Error(`mosquitto_passwd failed: ${stderr}`);
  chmodSync(file, 0o644);
}

function configurationOf(home: string, port: number): string {
  return `listener ${port} 127.0.0.1
allow_anonymous false
password_file ${join(home, 'passwords')}
persistence true
persistence_location ${home}/
autosave_interval 1
autosave_on_changes true
max_queued_messages 0
max_inflight_messages 0
`;
}

async function connects(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.setTimeout(2_000, () => socket.destroy(new Error('timed out')));
    socket.once('error', reject);
  });
}
