import type { DeliveryView } from '../../contracts/http/deliveries.ts';
import type { Delivery, Recipient } from '../../core/ports/outbox.ts';
import { toIso } from '../../core/units/time.ts';
import { isoOrNull } from './interruptions.ts';
import { maskName, maskPhone } from './mask.ts';

/** `person` undefined: erased, or the duty desk. */
export function deliveryView(delivery: Delivery, person: Recipient | undefined): DeliveryView {
  const phone = person?.phone ?? null;
  return {
    id: delivery.id,
    subject: delivery.subject,
    recipient: {
      id: delivery.recipient,
      name: person === undefined ? null : maskName(person.name),
      phone: phone === null ? null : maskPhone(phone),
    },
    stage: delivery.stage,
    revision: delivery.revision,
    channel: delivery.channel,
    audience: delivery.audience,
    premises: [...delivery.premises],
    owedAt: toIso(delivery.owedAt),
    state: delivery.state,
    attempts: delivery.attempts,
    sentAt: isoOrNull(delivery.sentAt),
    error: delivery.error,
  };
}
