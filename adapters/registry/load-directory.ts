import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A registry folder holds an entry nobody could use. Always our mistake or the entry author's: the process must not start. */
export class RegistryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RegistryError';
  }
}

/**
 * Every `.ts` or `.js` module of a folder by the `id` of its default export: adding an entry is adding one file.
 * `read` turns a default export into an entry or says what is wrong with it.
 */
export async function loadDirectory<T extends { readonly id: string }>(
  folder: string,
  read: (exported: unknown) => T | string,
): Promise<ReadonlyMap<string, T>> {
  const files = (await namesIn(folder)).filter((name) => /\.(ts|js)$/.test(name) && !name.endsWith('.d.ts'));
  return collect(
    files,
    async (name) => {
      const module: unknown = await import(pathToFileURL(join(folder, name)).href);
      if (typeof module !== 'object' || module === null || !('default' in module))
        return 'it has no default export';
      return read(module.default);
    },
    folder,
  );
}

/** Every `.json` file of a folder by its `id`. */
export async function loadJsonDirectory<T extends { readonly id: string }>(
  folder: string,
  read: (json: unknown) => T | string,
): Promise<ReadonlyMap<string, T>> {
  const files = (await namesIn(folder)).filter((name) => name.endsWith('.json'));
  return collect(
    files,
    async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch (cause) {
        throw new RegistryError(`${join(folder, name)}: it is not JSON`, { cause });
      }
      return read(json);
    },
    folder,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new RegistryError(`${folder}: the folder cannot be read`, { cause });
  });
  return names.sort((a, b) => (a < b ? -1 : 1));
}

async function collect<T extends { readonly id: string }>(
  names: readonly string[],
  load: (name: string) => Promise<T | string>,
  folder: string,
): Promise<ReadonlyMap<string, T>> {
  const entries = new Map<string, T>();
  for (const name of names) {
    const entry = await load(name);
    if (typeof entry === 'string') throw new RegistryError(`${join(folder, name)}: ${entry}`);
    if (entries.has(entry.id))
      throw new RegistryError(`${join(folder, name)}: id '${entry.id}' is given twice`);
    entries.set(entry.id, entry);
  }
  return entries;
}
