import type { ExtraClient } from '../../broker/topic-access.ts';
import { controlTopic, simulatorClient, stateTopic } from '../../contracts/simulator.ts';
import { sha256 } from '../sites/issue-credentials.ts';
import type { Demo } from './demo.ts';

/** The name under which this process works its own broker. */
export const API_CLIENT = 'relight-api';

/** Clients of the broker that are no devices: the demo's simulator, and the hand on it. */
export function extraClients(demo: Demo | null, apiSecret: string): ExtraClient[] {
  if (demo === null) return [];
  const site = demo.site.site.id;
  return [
    {
      username: simulatorClient(site),
      sha256: demo.simulatorSha256,
      publish: [stateTopic(site)],
      subscribe: [controlTopic(site)],
    },
    {
      username: API_CLIENT,
      sha256: sha256(apiSecret),
      publish: [controlTopic('+')],
      subscribe: [stateTopic('+')],
    },
  ];
}
