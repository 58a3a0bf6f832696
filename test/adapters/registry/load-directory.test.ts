import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadDirectory, loadJsonDirectory } from '../../../adapters/registry/load-directory.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relight-registry-'));
});
afterEach(() => rm(folder, { recursive: true }));

function read(value: unknown): { id: string } | string {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    ? { id: value.id }
    : 'it has no id';
}

it('finds every entry of a folder by its id, whatever the file is called', async () => {
  await writeFile(join(folder, 'one.js'), "export default { id: 'a' };");
  await writeFile(join(folder, 'two.ts'), "const id: string = 'b'; export default { id };");
  await writeFile(join(folder, 'two.d.ts'), 'export {};');
  await writeFile(join(folder, 'notes.md'), '');
  expect([...(await loadDirectory(folder, read)).keys()]).toEqual(['a', 'b']);
});

it.for<[string, Record<string, string>, RegExp]>([
  [
    'a module without a default export',
    { 'a.js': 'export const id = 1;' },
    /a\.js: it has no default export/,
  ],
  ['an entry of the wrong form', { 'a.js': 'export default 3;' }, /a\.js: it has no id/],
  [
    'an id given twice',
    { 'a.js': "export default { id: 'x' };", 'b.js': "export default { id: 'x' };" },
    /b\.js: id 'x' is given twice/,
  ],
])('refuses %s', async ([, files, message]) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await expect(loadDirectory(folder, read)).rejects.toThrow(message);
});

it('reads JSON entries, and refuses a broken one and a missing folder', async () => {
  await writeFile(join(folder, 'a.json'), '{"id":"a"}');
  expect([...(await loadJsonDirectory(folder, read)).keys()]).toEqual(['a']);
  await writeFile(join(folder, 'b.json'), '{');
  await expect(loadJsonDirectory(folder, read)).rejects.toThrow(/b\.json: it is not JSON/);
  await expect(loadJsonDirectory(join(folder, 'none'), read)).rejects.toThrow(/cannot be read/);
});
