import { ApiError } from '../api/request.ts';
import { t, wordOr, wordsOf } from '../i18n/language.svelte.ts';
import { problems } from '../i18n/pages/problems.ts';

const FAULTS_SHOWN = 8;
/** Refusals whose reason is a word of its own, and not a place in what was sent. */
const REFUSALS: Readonly<Record<string, string>> = {
  dispatch_refused: 'dispatch',
  claim_refused: 'claim',
  payout_refused: 'payout',
};
const w = wordsOf(problems);

/** What went wrong, in the reader's words, and where. */
export function problemWords(error: unknown): string {
  if (!(error instanceof ApiError)) return t('app.error');
  const { code, problem } = error;
  const reasons = problem?.errors ?? [];
  const kind = REFUSALS[code];
  if (kind !== undefined)
    return wordOr(problems, `${kind}.${reasons[0]?.code}`, wordOr(problems, code, problem?.title ?? code));
  return wordOr(problems, code, problem?.title ?? code);
}

/** Each fault with its place, as far as a person wants to read. */
export function faultLines(error: unknown): string[] {
  if (!(error instanceof ApiError) || error.code in REFUSALS) return [];
  const faults = error.problem?.errors ?? [];
  const lines = faults
    .slice(0, FAULTS_SHOWN)
    .map(
      ({ path, code, message }) => `${placeOf(path)} ${wordOr(problems, `fault.${code}`, message ?? code)}`,
    );
  return faults.length > FAULTS_SHOWN ? [...lines, w('more', { n: faults.length - FAULTS_SHOWN })] : lines;
}

/** `/rows/3/amount` is a place in a table, which people count by rows. */
function placeOf(path: string): string {
  const [, n, column = ''] = /^\/rows\/(\d+)(?:\/(.+))?$/.exec(path) ?? [];
  return n === undefined ? path : w('row', { n, column }).trimEnd();
}
