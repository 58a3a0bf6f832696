import { readScheme } from '../../contracts/scheme.ts';
import type { Scheme } from '../../core/compensation/compiled.ts';
import { loadJsonDirectory } from './load-directory.ts';

/** Every compensation scheme by id. */
export type Schemes = ReadonlyMap<string, Scheme>;

/** `folder` is the package's `schemes`: the build does not copy data files, so only the program knows where it is. */
export async function loadSchemes(folder: string): Promise<Schemes> {
  const entries = await loadJsonDirectory(folder, (json) => {
    const read = readScheme(json);
    if (read.ok) return { id: read.scheme.file.id, scheme: read.scheme };
    return read.faults.map(({ path, message }) => `${path === '' ? '/' : path}: ${message}`).join('; ');
  });
  return new Map([...entries].map(([id, { scheme }]) => [id, scheme]));
}
