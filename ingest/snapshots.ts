import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../core/ports/logger.ts';
import type { Site } from '../core/topology/site.ts';
import type { FoldState } from './fold.ts';
import { stringifyInSlices } from './json-slices.ts';

/** Raised when the meaning of what is written changes; engines guard their own part by refusing to be restored. */
const FORMAT = 1;
/** The newest may be damaged; the one before it still leads to the same state, with more to fold. */
const KEPT = 2;

const NAME = /^(\d{16})\.snapshot\.json$/;

/** Fold states on disk: whole or not there, each naming the offset the fold goes on from. */
export interface Snapshots {
  /** Newest first; those that cannot be read are left out with a warning. */
  load(): Promise<readonly FoldState[]>;
  /** Durable once it resolves; gives the offset below which no kept snapshot needs the journal any more. */
  save(state: FoldState): Promise<number>;
}

export function createSnapshots(directory: string, log: Logger): Snapshots {
  const sitesWritten = new Map<string, Site>();

  async function writeSite(site: Site): Promise<string> {
    const text = await stringifyInSlices(site);
    const hash = createHash('sha256');
    for (const slice of text) hash.update(slice);
    const name = `${hash.digest('hex').slice(0, 24)}.site.json`;
    await writeDurably(directory, name, text);
    sitesWritten.set(name, site);
    return name;
  }

  async function fileOf(site: Site): Promise<string> {
    for (const [name, written] of sitesWritten) if (written === site) return name;
    return writeSite(site);
  }

  return {
    async load() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const states: FoldState[] = [];
      for (const { name } of await list(directory)) {
        try {
          states.push(await readState(directory, name));
        } catch (cause) {
          log.warn('a snapshot of detection cannot be used', { name, cause });
        }
      }
      return states;
    },

    async save(state) {
      const sites = [];
      for (const { site, ...rest } of state.sites) sites.push({ ...rest, file: await fileOf(site) });
      const { next, lastAt, lastTick } = state;
      const name = `${String(next).padStart(16, '0')}.snapshot.json`;
      await writeDurably(
        directory,
        name,
        await stringifyInSlices({ format: FORMAT, next, lastAt, lastTick, sites }),
      );
      const kept = await prune(directory, log);
      const inUse = new Set(sites.map(({ file }) => file));
      for (const known of sitesWritten.keys()) if (!inUse.has(known)) sitesWritten.delete(known);
      return kept;
    },
  };
}

interface Named {
  readonly name: string;
  readonly next: number;
}

async function list(directory: string): Promise<Named[]> {
  const named: Named[] = [];
  for (const name of await readdir(directory)) {
    const match = NAME.exec(name);
    if (match !== null) named.push({ name, next: Number(match[1]) });
  }
  return named.sort((a, b) => b.next - a.next);
}

/** Removes what is older than the kept ones, and site files that none of those names. */
async function prune(directory: string, log: Logger): Promise<number> {
  const all = await list(directory);
  const kept = all.slice(0, KEPT);
  const wanted = new Set<string>();
  for (const { name } of kept) {
    wanted.add(name);
    const text = await readFile(join(directory, name), 'utf8');
    for (const [, file = ''] of text.matchAll(/"file":"([0-9a-f]{24}\.site\.json)"/g)) wanted.add(file);
  }
  for (const name of await readdir(directory)) {
    if (wanted.has(name) || !/\.(snapshot|site)\.json$/.test(name)) continue;
    await unlink(join(directory, name)).catch((cause: unknown) =>
      log.warn('an old snapshot stays', { name, cause }),
    );
  }
  return kept.at(-1)?.next ?? 0;
}

async function readState(directory: string, name: string): Promise<FoldState> {
  const value: unknown = JSON.parse(await readFile(join(directory, name), 'utf8'));
  if (!isStored(value)) throw new Error('not a snapshot of this format');
  const sites = [];
  for (const { file, ...rest } of value.sites) {
    const site: Site = JSON.parse(await readFile(join(directory, file), 'utf8'));
    sites.push({ ...rest, site });
  }
  return { next: value.next, lastAt: value.lastAt, lastTick: value.lastTick, sites };
}

interface StoredState extends Omit<FoldState, 'sites'> {
  readonly sites: readonly (Omit<FoldState['sites'][number], 'site'> & { readonly file: string })[];
}

function isStored(value: unknown): value is StoredState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === FORMAT &&
    'next' in value &&
    typeof value.next === 'number' &&
    'lastAt' in value &&
    typeof value.lastAt === 'number' &&
    'lastTick' in value &&
    typeof value.lastTick === 'number' &&
    'sites' in value &&
    Array.isArray(value.sites)
  );
}

async function writeDurably(directory: string, name: string, slices: readonly string[]): Promise<void> {
  const path = join(directory, name);
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    for (const slice of slices) await handle.writeFile(slice);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
  const entry = await open(directory, 'r');
  try {
    await entry.sync();
  } finally {
    await entry.close();
  }
}
