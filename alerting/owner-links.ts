import type { MessageStage } from '../core/notices/notice.ts';
import { ownerToken } from '../core/notices/owner-link.ts';
import type { Delivery } from '../core/ports/outbox.ts';
import type { AlertingDeps } from './deps.ts';

/** A link costs a part of an SMS: it stands in what opens, ends or asks, and not in what comes between. */
const WITH_LINK: ReadonlySet<MessageStage> = new Set([
  'lost',
  'restored',
  'credited',
  'feedback',
  'planned_ahead',
  'planned_end',
] satisfies MessageStage[]);

/** The address of the person's own page; null where a message carries none. */
export function createOwnerLinks({
  signer,
  publicUrl,
}: Pick<AlertingDeps, 'signer' | 'publicUrl'>): (delivery: Delivery) => string | null {
  return ({ stage, audience, site, recipient, owedAt }) => {
    if (publicUrl === null || audience !== 'owner' || !WITH_LINK.has(stage)) return null;
    return new URL(`/o/${ownerToken({ site, person: recipient }, signer, owedAt)}`, publicUrl).href;
  };
}
