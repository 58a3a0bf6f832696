import type { Bench } from './figures.ts';
import { fleetSite } from './fleet-site.ts';
import { prepareSite, removeDirectory, startPlatform, temporaryDirectory } from './platform-process.ts';
import { loadBeside } from './run-load.ts';

const DEVICES = 10_000;
const AIM_MB = 700;

/** Resident memory with ten thousand meters signed in, each reporting now and then. */
export const memory: Bench = {
  name: 'memory',
  async run(say) {
    const directory = temporaryDirectory();
    try {
      const site = fleetSite(DEVICES);
      const secrets = await prepareSite(directory, site.file);
      const platform = await startPlatform({ directory });
      let most = 0;
      const result = await loadBeside(
        {
          port: platform.mqttPort,
          clients: site.devices.map((device) => ({
            username: `${site.id}/${device}`,
            password: secrets.get(device) ?? '',
            topic: `relight/${site.id}/${device}/telemetry`,
          })),
          window: 1,
          rate_per_s: 1_000,
          duration_s: 30,
          connectsPerSecond: 800,
        },
        () => {
          most = Math.max(most, platform.rss_mb());
        },
      );
      say(`10,000 connected: ${result.acknowledged} of ${result.sent} acknowledged, p99 ${result.p99_ms} ms`);
      await platform.stop();
      return [
        {
          name: `memory with ${DEVICES} devices connected, 1,000 messages/s`,
          value: `${most.toFixed(0)} MB`,
          aim: `${AIM_MB} MB`,
          met: most <= AIM_MB,
        },
      ];
    } finally {
      removeDirectory(directory);
    }
  },
};
