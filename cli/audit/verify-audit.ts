import type { Stores } from '../../core/ports/stores.ts';

/** One chain, read from its first entry to its head. */
export interface ChainReport {
  /** '' is what belongs to no site. */
  readonly site: string;
  readonly entries: number;
  /** Hash of the newest entry: written down elsewhere, it proves later that nothing was cut off. */
  readonly head: string;
  /** First entry that does not follow from the one before it; null when all do. */
  readonly brokenAt: number | null;
}

export async function verifyAudit(
  { sites, audit }: Pick<Stores, 'sites' | 'audit'>,
  only: string | null,
): Promise<readonly ChainReport[]> {
  const all = only === null ? ['', ...(await sites.list()).map(({ id }) => id)] : [only];
  const reports: ChainReport[] = [];
  for (const site of all) {
    const brokenAt = await audit.verify(site);
    const [newest] = await audit.list(site, { limit: 1 });
    reports.push({ site, entries: newest?.seq ?? 0, head: newest?.hash ?? '', brokenAt });
  }
  return reports;
}

export function isChainReports(value: unknown): value is readonly ChainReport[] {
  return (
    Array.isArray(value) &&
    value.every((one: unknown) => typeof one === 'object' && one !== null && 'brokenAt' in one)
  );
}
