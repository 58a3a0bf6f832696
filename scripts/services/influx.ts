import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChildServer, freePort, type TestServer } from './child-server.ts';
import { influx, locate } from './debian-packages.ts';

/** A private InfluxDB 1.x without databases, users or reports to anybody. */
export async function startInflux(): Promise<TestServer> {
  const command = locate(influx);
  const home = await mkdtemp(join(tmpdir(), 'relight-influx-'));
  const [http, rpc] = [await freePort(), await freePort()];
  const configuration = join(home, 'influxdb.conf');
  await writeFile(configuration, configurationOf(home, http, rpc));
  const url = `http://127.0.0.1:${http}`;
  const server = createChildServer({
    name: 'InfluxDB',
    command,
    args: ['-config', configuration],
    probe: async () => {
      const answer = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(2_000) });
      if (!answer.ok) throw new Error(`/ping answered ${answer.status}`);
    },
  });
  const stop = async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop, halt: server.stop, resume: server.start };
}

function configurationOf(home: string, http: number, rpc: number): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${join(home, 'meta')}"
[data]
  dir = "${join(home, 'data')}"
  wal-dir = "${join(home, 'wal')}"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
[monitor]
  store-enabled = false
`;
}
