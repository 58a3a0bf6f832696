import type { Configuration } from '../../contracts/configuration.ts';
import { given } from './given.ts';

/** The external broker, and who we are there: MQTT_USERNAME and MQTT_PASSWORD, else what stands in MQTT_URL itself. */
export function brokerLogin(configuration: Configuration) {
  const url = configuration.MQTT_URL ?? '';
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const inUrl = (text: string | undefined) =>
    text === undefined || text === '' ? undefined : decodeURIComponent(text);
  return {
    url,
    ...given('username', configuration.MQTT_USERNAME ?? inUrl(parsed?.username)),
    ...given('password', configuration.MQTT_PASSWORD ?? inUrl(parsed?.password)),
  };
}
