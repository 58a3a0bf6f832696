import { ALERTING_LIMITS } from '../../alerting/limits.ts';
import type { Configuration } from '../../contracts/configuration.ts';
import type { MessageCaps } from '../../core/notices/message-caps.ts';

/** The same for who sends and for who shows it. */
export function messageCaps(configuration: Configuration): MessageCaps {
  return {
    segmentsPerHour: configuration.SEGMENTS_PER_HOUR,
    segmentsPerIncident: configuration.SEGMENTS_PER_INCIDENT,
    segmentsPerDay: configuration.SEGMENTS_PER_DAY,
    perOwnerPerDay: ALERTING_LIMITS.perOwnerPerDay,
    fleetShare_percent: ALERTING_LIMITS.fleetShare_percent,
    fleetIncidents: ALERTING_LIMITS.fleetIncidents,
  };
}
