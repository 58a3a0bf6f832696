import { type Configuration, readConfiguration } from '../../contracts/configuration.ts';
import { Complaint } from '../complaint.ts';

/** The configuration from the environment, or one complaint that names every fault. */
export function configurationOf(env: Readonly<Record<string, string | undefined>>): Configuration {
  const read = readConfiguration(env);
  if ('configuration' in read) return read.configuration;
  const faults = read.faults.map(({ path, message }) => `  ${path.replace(/^\//, '')}: ${message}`);
  throw new Complaint(`the configuration is wrong:\n${faults.join('\n')}`);
}
