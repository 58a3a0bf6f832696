import { createLogger } from '../adapters/log/pino-logger.ts';
import type { FundProof } from '../core/ports/money-store.ts';
import type { Stores } from '../core/ports/stores.ts';
import { Complaint } from './complaint.ts';
import { askServer } from './control.ts';
import type { Io } from './io.ts';
import { configurationOf } from './parts/configuration.ts';
import { openStores } from './parts/stores.ts';

export interface SiteProof extends FundProof {
  readonly site: string;
  /** The first broken line of the audit log; null when the chain holds. */
  readonly auditBrokenAt: number | null;
}

/** `relight fund verify [--site S]`: recomputes the books of every fund and the audit chain beside them; exit 1 when one does not hold. */
export async function runFund(argv: string[], io: Io): Promise<number> {
  const [what, ...rest] = argv;
  const site = rest[0] === '--site' ? rest[1] : undefined;
  if (what !== 'verify' || (rest.length > 0 && site === undefined)) {
    throw new Complaint('usage: relight fund verify [--site SITE]');
  }
  const proofs = await proofsOf(site ?? null);
  if (proofs.length === 0)
    throw new Complaint(site === undefined ? 'there is no site' : `there is no site '${site}'`);
  for (const proof of proofs) io.stdout(`${lineOf(proof)}\n`);
  return proofs.every(holds) ? 0 : 1;
}

/** What the running server does when the command asks it. */
export async function verifyFunds(stores: Stores, site: string | null): Promise<readonly SiteProof[]> {
  const sites = (await stores.sites.list()).filter(({ id }) => site === null || id === site);
  const proofs: SiteProof[] = [];
  for (const { id } of sites) {
    proofs.push({
      site: id,
      ...(await stores.fund.verify(id)),
      auditBrokenAt: await stores.audit.verify(id),
    });
  }
  return proofs;
}

async function proofsOf(site: string | null): Promise<readonly SiteProof[]> {
  const configuration = configurationOf(process.env);
  const answer = await askServer(configuration.DATA_DIR, 'fund-verify', site);
  // The server of this data folder is this very program.
  if (answer !== null) return answer.result as readonly SiteProof[];
  const stores = await openStores(configuration, createLogger({ level: 'error' }));
  try {
    return await verifyFunds(stores, site);
  } finally {
    await stores.close();
  }
}

function holds({ faults, auditBrokenAt }: SiteProof): boolean {
  return faults.length === 0 && auditBrokenAt === null;
}

function lineOf(proof: SiteProof): string {
  const { site, entries, postings, sum_minor, faults, auditBrokenAt } = proof;
  const counted = `${site}: ${entries} entries, ${postings} postings, sum ${sum_minor}`;
  if (holds(proof)) return `${counted}: the books hold`;
  const broken = faults.map(({ code, subject }) => `  ${code}: ${subject}`);
  const chain = auditBrokenAt === null ? [] : [`  audit_chain_broken: ${auditBrokenAt}`];
  return [`${counted}: THE BOOKS DO NOT HOLD`, ...broken, ...chain].join('\n');
}
