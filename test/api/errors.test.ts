import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERRORS, errorsPage } from '../../api/errors.ts';

it('docs/errors.md documents every code as the catalogue has it', async () => {
  expect(await readFile('docs/errors.md', 'utf8')).toBe(errorsPage());
});

it('every code of the catalogue is one that some answer can carry', async () => {
  const files = (await readdir('api', { recursive: true })).filter(
    (file) => file.endsWith('.ts') && file !== 'errors.ts',
  );
  const source = (await Promise.all(files.map((file) => readFile(join('api', file), 'utf8')))).join('\n');
  const unused = Object.keys(ERRORS).filter((code) => !source.includes(`'${code}'`));
  expect(unused).toEqual([]);
});

it('every code of the catalogue is expected by a test', async () => {
  const files = (await readdir('test/api')).filter((file) => file !== 'errors.test.ts');
  const source = (await Promise.all(files.map((file) => readFile(join('test/api', file), 'utf8')))).join(
    '\n',
  );
  const seen = new Set(source.match(/\w+/g));
  expect(Object.keys(ERRORS).filter((code) => !seen.has(code))).toEqual([]);
});
