import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { availableSpan, type EvidenceSpan, type SpanDeps, spanOfIncident } from '../../api/evidence/span.ts';
import { hoursOf } from '../../contracts/evidence-window.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { type Instant, toIso } from '../../core/units/time.ts';

export interface ExportAsked {
  readonly site: string;
  /** In place of a span. */
  readonly incident: string | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly folder: string;
}

export type ExportOutcome =
  | {
      readonly ok: true;
      readonly siteFile: string;
      readonly eventFile: string;
      readonly events: number;
      readonly from: string;
      readonly until: string;
      /** The site file was saved after the events began: it is not quite what detection knew then. */
      readonly siteChanged: boolean;
    }
  | {
      readonly ok: false;
      readonly reason: 'unknown_site' | 'unknown_incident' | 'no_evidence' | 'file_exists';
    };

const DAY_MS = 86_400_000;

export interface ExportDeps extends Omit<SpanDeps, 'evidence'> {
  readonly stores: Pick<Stores, 'sites' | 'incidents' | 'evidence'>;
}

/** Writes site and events as `relight replay` reads them, into files that are not there yet; without people. */
export async function exportEvidence(asked: ExportAsked, deps: ExportDeps): Promise<ExportOutcome> {
  const { stores } = deps;
  const stored = await stores.sites.get(asked.site);
  if (stored === null) return { ok: false, reason: 'unknown_site' };
  const wanted = await spanAsked(asked, deps);
  if (wanted === null) return { ok: false, reason: 'unknown_incident' };
  const span = await availableSpan({ ...deps, evidence: stores.evidence }, asked.site, wanted);
  if (span === null) return { ok: false, reason: 'no_evidence' };

  const name = join(asked.folder, asked.incident ?? `${asked.site}-${toIso(span.from).slice(0, 13)}`);
  const siteFile = `${name}.site.json`;
  const eventFile = `${name}.events.jsonl`;
  await mkdir(asked.folder, { recursive: true });
  const file = await stores.sites.file(asked.site, { people: false });
  try {
    await writeFile(siteFile, `${JSON.stringify(file, null, 2)}\n`, { flag: 'wx' });
    const events = await writeEvents(eventFile, asked.site, span, stores);
    return {
      ok: true,
      siteFile,
      eventFile,
      events,
      from: toIso(span.from),
      until: toIso(span.until),
      siteChanged: stored.savedAt > span.from,
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      return { ok: false, reason: 'file_exists' };
    throw error;
  }
}

async function spanAsked(asked: ExportAsked, { stores, clock }: ExportDeps): Promise<EvidenceSpan | null> {
  const now = clock.now();
  if (asked.incident === null) {
    const until = asked.to ?? now;
    return { from: asked.from ?? until - DAY_MS, until };
  }
  const incident = await stores.incidents.get(asked.site, asked.incident);
  return incident === null ? null : spanOfIncident(incident, now);
}

async function writeEvents(
  path: string,
  site: string,
  { from, until }: EvidenceSpan,
  { evidence }: Pick<Stores, 'evidence'>,
): Promise<number> {
  const file = createWriteStream(path, { flags: 'wx' });
  await once(file, 'open');
  let count = 0;
  try {
    for await (const { events } of hoursOf(evidence, site, { from, to: until })) {
      count += events.length;
      await write(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    }
  } finally {
    file.end();
    await once(file, 'close');
  }
  return count;
}

async function write(file: WriteStream, text: string): Promise<void> {
  if (!file.write(text)) await once(file, 'drain');
}

/** The door of the running server: what a command of this program asks. */
export function isExportAsked(asked: unknown): asked is ExportAsked {
  if (typeof asked !== 'object' || asked === null) return false;
  const { site, incident, from, to, folder } = asked as Record<string, unknown>;
  const textOrNull = (value: unknown) => value === null || typeof value === 'string';
  const instantOrNull = (value: unknown) => value === null || Number.isSafeInteger(value);
  return (
    typeof site === 'string' &&
    typeof folder === 'string' &&
    textOrNull(incident) &&
    instantOrNull(from) &&
    instantOrNull(to)
  );
}

export function isExportOutcome(value: unknown): value is ExportOutcome {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean';
}
