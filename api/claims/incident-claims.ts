import type { StoredClaim } from '../../core/ports/money-store.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Instant } from '../../core/units/time.ts';

const PAGE = 1_000;
/** Claims one batch may decide on. */
export const CLAIMS_MAX = 5_000;

/** All claims of a query, up to {@link CLAIMS_MAX}. */
export async function claimsOf(
  { claims }: Pick<Stores, 'claims'>,
  query: Omit<Parameters<Stores['claims']['list']>[0], 'limit' | 'before'>,
): Promise<readonly StoredClaim[]> {
  const all: StoredClaim[] = [];
  for (let before: { at: Instant; id: string } | undefined; all.length < CLAIMS_MAX; ) {
    const page = await claims.list({ ...query, limit: PAGE, ...(before === undefined ? {} : { before }) });
    all.push(...page);
    const last = page.at(-1)?.claim;
    if (last === undefined || page.length < PAGE) break;
    before = { at: last.openedAt, id: last.id };
  }
  return all.slice(0, CLAIMS_MAX);
}
