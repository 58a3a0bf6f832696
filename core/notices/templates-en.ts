import { CAUSES_EN as CAUSES } from './causes.ts';
import { dispatchTextEn } from './dispatch-en.ts';
import type { NoticeFacts } from './facts.ts';
import { isIncidentStage, type NoticeStage } from './notice.ts';
import { clipExplanation, clipName, lasting, listed, localMinute } from './wording.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function bodyEn(facts: NoticeFacts): string {
  const text = textOf(facts);
  return `${facts.simulated ? '(SIMULATED) ' : ''}${clipName(facts.siteName)}: ${text} Ref ${facts.number}-${facts.revision}`;
}

function textOf(facts: NoticeFacts): string {
  const { stage } = facts;
  if (!isIncidentStage(stage)) return dispatchTextEn(facts, stage, minute);
  return facts.audience === 'owner' ? ownerText(facts, stage) : staffText(facts, stage);
}

function ownerText(facts: NoticeFacts, stage: NoticeStage): string {
  const since = minute(facts.onset, facts.timeZone);
  switch (stage) {
    case 'lost':
    case 'opened':
      return `no power at ${where(facts)} since ${since}. Cause: ${CAUSES[facts.cause]}. ${expected(facts)}We are on it and will text you when it is back.${more(facts)}${ask(facts)}`;
    case 'changed':
      return facts.stillAffected
        ? `update: no power at ${where(facts)} since ${since}. Cause: ${CAUSES[facts.cause]}. ${expected(facts)}We are on it.${more(facts)}${ask(facts)}`
        : `correction: the outage of ${since} we wrote about does not concern ${where(facts)}.${ask(facts)}`;
    case 'restored':
    case 'closed':
      return `power is back at ${where(facts)}, ${spell(facts)}. Still dark? Please ${facts.link === undefined ? 'call us' : `tell us: ${facts.link} `}.${ask(facts)}`;
    case 'estimate':
      return `compensation for ${where(facts)}: ${estimate(facts)}${more(facts)}${ask(facts)}`;
    case 'credited':
      return `${credited(facts)} compensation for the outage of ${since} at ${where(facts)} has been credited to you.${more(facts)}${ask(facts)}`;
    case 'feedback':
      return `how did we handle the outage of ${since} at ${where(facts)}? ${facts.link === undefined ? 'Please tell us' : `One tap: ${facts.link} `}.${ask(facts)}`;
    case 'danger':
      return `WARNING: unsafe voltage at ${where(facts)}. Switch off the main switch and unplug appliances now. Do not touch electrical equipment.${ask(facts)}`;
    case 'link_lost':
      return `no data from ${where(facts)} since ${since}.${ask(facts)}`;
    case 'link_restored':
      return `data from ${where(facts)} is back.${ask(facts)}`;
  }
}

function staffText(facts: NoticeFacts, stage: NoticeStage): string {
  const since = minute(facts.onset, facts.timeZone);
  const root = clipName(facts.root);
  const units = `${facts.unitsAffected} unit${facts.unitsAffected === 1 ? '' : 's'}`;
  switch (stage) {
    case 'lost':
    case 'opened':
      return `outage at ${root} since ${since}, ${units}, ${CAUSES[facts.cause]}. ${explained(facts)}`;
    case 'changed':
      return `outage update: ${root} since ${since}, ${units}, ${facts.unitsDark} still dark. ${explained(facts)}`;
    case 'restored':
      return `restored: ${root}, ${spell(facts)}, ${units}, ${facts.unitsDark} still dark.`;
    case 'closed':
      return `closed: ${root}, ${spell(facts)}, ${units}.`;
    case 'estimate':
      return `compensation for ${root}, out since ${since}: ${estimate(facts)}`;
    case 'credited':
      return `credited ${credited(facts)}: ${root}, out since ${since}.`;
    case 'feedback':
      return `feedback asked: ${root}, out since ${since}.`;
    case 'danger':
      return `DANGER: unsafe voltage at ${root} since ${since}, ${units}. Go and isolate it now. ${explained(facts)}`;
    case 'link_lost':
      return `link lost: ${root}, no data since ${since}; whether there is power is not known. ${explained(facts)}`;
    case 'link_restored':
      return `link back: ${root}, lost since ${since}. ${explained(facts)}`;
  }
}

export function where(facts: Pick<NoticeFacts, 'premises' | 'building'>): string {
  const { names, more } = listed(facts.premises);
  const building = facts.building === null ? '' : `building ${clipName(facts.building)}, `;
  return `${building}${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export function minute(at: number, timeZone: string): string {
  const local = localMinute(at, timeZone);
  return `${local.time} on ${local.day} ${MONTHS[local.month - 1] ?? ''}`;
}

function spell(facts: NoticeFacts): string {
  if (facts.restoredAt === null) return `out since ${minute(facts.onset, facts.timeZone)}`;
  const { hours, minutes } = lasting(facts.onset, facts.restoredAt);
  const length = hours === 0 ? `${minutes} min` : `${hours} h${minutes === 0 ? '' : ` ${minutes} min`}`;
  return `out ${length} from ${minute(facts.onset, facts.timeZone)}`;
}

function estimate(facts: NoticeFacts): string {
  if (facts.estimate === null) return 'being worked out.';
  const { amount, minutes, final } = facts.estimate;
  const sum = `${amount.currency} ${amount.amount}`;
  return final
    ? `${sum} for ${minutes} min.`
    : `about ${sum} for ${minutes} min so far, settled when power is back.`;
}

function explained(facts: NoticeFacts): string {
  const text = clipExplanation(facts.explanation);
  return text === '' || /[.!]$/.test(text) ? text : `${text}.`;
}

function expected({ eta, timeZone }: NoticeFacts): string {
  return eta === undefined ? '' : `Expected back by ${minute(eta, timeZone)}. `;
}

function credited({ credit }: NoticeFacts): string {
  return credit === undefined ? 'the' : `${credit.currency} ${credit.amount}`;
}

function more({ link }: NoticeFacts): string {
  return link === undefined ? '' : ` More: ${link} .`;
}

export function ask(facts: Pick<NoticeFacts, 'phone'>): string {
  return facts.phone === null ? '' : ` Questions: ${facts.phone}.`;
}
