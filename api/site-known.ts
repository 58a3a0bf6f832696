import type { SiteDirectory } from '../core/ports/site-directory.ts';

/** A nudge takes milliseconds; where it is lost, the directory's own poll brings the site in later. */
const PATIENCE_MS = 2_000;

/** Waits until this process knows a version of the site that was just stored: who wrote it may ask about it next. */
export async function siteKnown(sites: SiteDirectory, id: string, version: number): Promise<void> {
  const isKnown = () => (sites.get(id)?.version ?? 0) >= version;
  if (isKnown()) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(late);
      undo();
      resolve();
    };
    const late = setTimeout(done, PATIENCE_MS);
    const undo = sites.onChange(() => {
      if (isKnown()) done();
    });
  });
}
