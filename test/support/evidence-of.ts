import { writeEvidenceLine } from '../../contracts/evidence-line.ts';
import type { EvidenceLine } from '../../core/evidence/line.ts';
import type { EvidenceLog } from '../../core/ports/evidence-log.ts';
import type { JournalRecord } from '../../core/ports/journal.ts';
import { createDecoder } from '../../core/readings/decoder.ts';
import { createFold, type FoldListener, type FoldState } from '../../ingest/fold.ts';
import { createSiteEngines } from '../../ingest/site-engines.ts';
import { PROFILES } from './replayed.ts';

/** Folds a journal, stopped and restarted before the records at `stops`; gives the lines of the evidence log. */
export function evidenceOf(
  records: readonly JournalRecord[],
  stops: ReadonlySet<number> = new Set(),
  profiles = PROFILES,
): EvidenceLine[] {
  const lines: EvidenceLine[] = [];
  const listener: FoldListener = {
    decoded: () => undefined,
    refused: () => undefined,
    failed: (_site, _offset, cause) => {
      throw cause;
    },
    siteChanged: () => undefined,
    blind: () => undefined,
    ask: () => undefined,
    recorded: (_site, taken) => lines.push(...taken),
  };
  const engines = createSiteEngines(profiles);
  const deps = { engines, createDecoder: (sites: Sites) => createDecoder(sites, profiles), listener };
  let fold = createFold(deps, null);
  records.forEach((record, i) => {
    if (stops.has(i)) fold = createFold(deps, JSON.parse(JSON.stringify(fold.state())) as FoldState);
    fold.apply(record);
  });
  for (const { site } of fold.sites()) lines.push(...fold.openEvidence(site.id).lines);
  return lines;
}

type Sites = Parameters<typeof createDecoder>[0];

/** Stores the lines as ingest does. */
export async function storeEvidence(
  log: EvidenceLog,
  held: { readonly site: string; readonly epoch: number },
  lines: readonly EvidenceLine[],
  through: number,
): Promise<void> {
  const written = lines.map((line) => ({
    at: line.at,
    text: writeEvidenceLine(line),
    begins: line.kind === 'standing',
  }));
  await log.add({ ...held, lines: written, through });
}
