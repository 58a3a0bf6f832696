import { wordsOf } from '../i18n/language.svelte.ts';
import { moneyWords } from '../i18n/pages/money.ts';

const w = wordsOf(moneyWords);
/** What acts by itself. */
const SERVICES = new Set(['settlement', 'alerting', 'ingest', 'api']);

/** Who did a step: a user by name, a service as the system; whoever else acts on a claim is its owner. */
export function whoIs(id: string, names: Readonly<Record<string, string>>): string {
  return names[id] ?? (SERVICES.has(id) ? w('system') : w('owner'));
}
