import type { Configuration } from '../../contracts/configuration.ts';
import { Complaint } from '../complaint.ts';

/** What may run as a process of its own. The embedded broker is part of `ingest` and only there when everything is in one process. */
export const SERVICES = ['ingest', 'alerting', 'settlement', 'api'] as const;
export type Service = (typeof SERVICES)[number];

export const ALL_SERVICES: ReadonlySet<Service> = new Set(SERVICES);

/** Reads `ingest,api`; complains about what cannot be a process of its own. */
export function servicesNamed(text: string): ReadonlySet<Service> {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('broker')) {
    throw new Complaint(
      'the embedded broker acknowledges a message only once ingest has it on disk, so the two share a process: ' +
        "run 'relight start', or name an external broker in MQTT_URL and leave 'broker' out",
    );
  }
  const unknown = names.filter((name) => !isService(name));
  if (unknown.length > 0) {
    throw new Complaint(`there is no service '${unknown.join("', '")}'; there are ${SERVICES.join(', ')}`);
  }
  return new Set(names.filter(isService));
}

/** Services in several processes meet in servers that all of them reach; embedded stores belong to one process. */
export function checkSplit(services: ReadonlySet<Service>, configuration: Configuration): void {
  const needs: readonly (readonly [keyof Configuration, string, boolean])[] = [
    ['DATABASE_URL', 'they share one PostgreSQL', true],
    ['MQTT_URL', 'they call each other over an external broker', true],
    [
      'INFLUX_URL',
      'one writes readings and another reads them',
      services.has('ingest') || services.has('api'),
    ],
  ];
  const missing = needs.filter(([name, , needed]) => needed && configuration[name] === undefined);
  if (missing.length === 0) return;
  const lines = missing.map(([name, why]) => `  ${name}: ${why}`);
  throw new Complaint(`services in processes of their own need:\n${lines.join('\n')}`);
}

function isService(name: string): name is Service {
  return SERVICES.some((service) => service === name);
}
