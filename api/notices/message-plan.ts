import type { MessagePreview } from '../../contracts/http/hand-messages.ts';
import { costOf } from '../../core/notices/cost.ts';
import { type HandWritten, handText } from '../../core/notices/hand-text.ts';
import {
  type MessageRecipient,
  type MessageTarget,
  peopleOfPremises,
  premisesOfBuilding,
  premisesOfIncident,
} from '../../core/notices/message-people.ts';
import type { Owed } from '../../core/notices/notice.ts';
import type { Instant } from '../../core/units/time.ts';
import { newId } from '../access/tokens.ts';
import { type Context, siteOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { textPreview } from '../views/text.ts';

const PEOPLE_AT_ONCE = 1_000;

export interface MessagePlan {
  readonly recipients: readonly MessageRecipient[];
  readonly preview: MessagePreview;
}

/** Time first, so that lists are in order; its end is what people name it by. */
export function newMessageId(at: Instant): string {
  return `m${at.toString(16).padStart(12, '0')}${newId().slice(0, 12)}`;
}

export function owedMessage(id: string, to: MessageRecipient, at: Instant): Owed<'message'> {
  const { phone: recipient, premises } = to;
  return { incident: id, stage: 'message', revision: 1, audience: 'owner', recipient, premises, at };
}

/** Whom a message would reach and what it would cost, with nothing sent. */
export async function planMessage(
  context: Context,
  site: string,
  target: MessageTarget,
  text: Omit<HandWritten, 'id'>,
): Promise<MessagePlan> {
  const stored = siteOf(context, site).site;
  const meant = await premisesMeant(context, site, target);
  const all = peopleOfPremises(stored, meant);
  const silent = await optedOut(context, site);
  const recipients = all.filter(({ phone }) => !silent.has(phone));
  const sample = { id: 'PREVIEW0', ...text };
  const [zh, en] = (['zh-CN', 'en'] as const).map((language) => ({
    ...textPreview(handText(language, stored.site, sample)),
    recipients: recipients.filter((one) => one.language === language).length,
  }));
  if (zh === undefined || en === undefined) throw new Error('two languages');
  const segments = zh.segments * zh.recipients + en.segments * en.recipients;
  const preview = {
    recipients: recipients.length,
    optedOut: all.length - recipients.length,
    'zh-CN': zh,
    en,
    segments,
    cost: costOf(context.channels.priceOf('sms'), segments),
    simulated: stored.site.simulated,
  };
  return { recipients, preview };
}

async function premisesMeant(
  context: Context,
  site: string,
  target: MessageTarget,
): Promise<ReadonlySet<string> | 'all'> {
  const stored = siteOf(context, site).site;
  if ('everybody' in target) return 'all';
  if ('building' in target) return premisesOfBuilding(stored, target.building);
  const incident = await context.stores.incidents.get(site, target.incident);
  if (incident === null) throw new Refused('unknown_incident');
  return premisesOfIncident(stored, incident);
}

async function optedOut({ stores }: Context, site: string): Promise<ReadonlySet<string>> {
  const silent = new Set<string>();
  for (let after: string | undefined; ; ) {
    const page = await stores.people.list(site, {
      limit: PEOPLE_AT_ONCE,
      ...(after === undefined ? {} : { after }),
    });
    for (const person of page) if (person.optedOut && person.phone !== null) silent.add(person.phone);
    after = page.at(-1)?.id;
    if (after === undefined) return silent;
  }
}
