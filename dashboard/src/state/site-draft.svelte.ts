import type { PutSiteReply } from '../../../contracts/http/sites.ts';
import { request } from '../api/request.ts';

type Entry = Readonly<Record<string, unknown>> & { readonly id: string };
export type Section = 'nodes' | 'ties' | 'transfers' | 'gateways' | 'devices' | 'premises';

export interface SiteFile extends Readonly<Record<string, unknown>> {
  readonly nodes: readonly Entry[];
  readonly devices: readonly Entry[];
}

/** A changed site file that nobody else sees until it goes live; kept on this device. */
export interface SiteDraft {
  readonly file: SiteFile | null;
  /** Something in it differs from what was loaded. */
  readonly changed: boolean;
  /** The version it began from; the server refuses it once that is no longer the newest. */
  readonly version: number;
  load(): Promise<void>;
  put(section: Section, entry: Entry): void;
  remove(section: Section, id: string): void;
  replace(file: SiteFile): void;
  discard(): void;
  check(): Promise<PutSiteReply>;
  publish(): Promise<PutSiteReply>;
}

const drafts = new Map<string, SiteDraft>();

/** One draft a site, whichever page works on it. */
export function draftOf(site: string): SiteDraft {
  const known = drafts.get(site);
  if (known !== undefined) return known;
  const draft = createDraft(site);
  drafts.set(site, draft);
  return draft;
}

function createDraft(site: string): SiteDraft {
  const path = `/sites/${encodeURIComponent(site)}`;
  const key = `relight.draft.${site}`;
  let file = $state.raw<SiteFile | null>(null);
  let changed = $state(false);
  let version = $state(0);

  function change(next: SiteFile): void {
    file = next;
    changed = true;
    keep(key, { file: next, version });
  }
  function sectionOf(section: Section): readonly Entry[] {
    const entries = file?.[section];
    return Array.isArray(entries) ? (entries as Entry[]) : [];
  }
  async function send(query: string, headers: { readonly ifMatch?: string }): Promise<PutSiteReply> {
    return request<PutSiteReply>(`${path}/file?keepPeople=true${query}`, {
      method: 'PUT',
      body: file,
      ...headers,
    });
  }

  return {
    get file() {
      return file;
    },
    get changed() {
      return changed;
    },
    get version() {
      return version;
    },
    async load() {
      if (changed) return;
      const kept = recall(key);
      if (kept !== null) {
        file = kept.file;
        version = kept.version;
        changed = true;
        return;
      }
      const [current, loaded] = await Promise.all([
        request<{ version: number }>(path),
        request<SiteFile>(`${path}/file`),
      ]);
      version = current.version;
      file = loaded;
    },
    put(section, entry) {
      if (file === null) return;
      const entries = sectionOf(section);
      const known = entries.some(({ id }) => id === entry.id);
      change({
        ...file,
        [section]: known ? entries.map((one) => (one.id === entry.id ? entry : one)) : [...entries, entry],
      });
    },
    remove(section, id) {
      if (file !== null) change({ ...file, [section]: sectionOf(section).filter((one) => one.id !== id) });
    },
    replace: change,
    discard() {
      file = null;
      changed = false;
      forget(key);
    },
    check: () => send('&dryRun=true', {}),
    async publish() {
      const reply = await send('', { ifMatch: `"${version}"` });
      this.discard();
      return reply;
    },
  };
}

interface Kept {
  readonly file: SiteFile;
  readonly version: number;
}

function keep(key: string, draft: Kept): void {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // Too large or forbidden: the draft then lasts as long as the page.
  }
}

function recall(key: string): Kept | null {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as Kept);
  } catch {
    return null;
  }
}

function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept either.
  }
}
