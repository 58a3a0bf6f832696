import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runAssess } from '../../cli/assess.ts';

const CASE = {
  premises: { id: '1201', area_m2: '100' },
  interruptions: [
    {
      premises: '1201',
      from: '2024-02-10T06:00:00.000Z',
      to: '2024-02-11T18:00:00.000Z',
      planned: null,
      causes: [],
      cause: 'breaker',
      attribution: 'property',
    },
  ],
  facts: {},
  parameters: { rate: '2.80' },
  at: '2024-02-12T00:00:00.000Z',
};

let folder: string;
let out = '';
let err = '';
const io = {
  stdout(text: string) {
    out += text;
  },
  stderr(text: string) {
    err += text;
  },
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relight-assess-'));
  out = '';
  err = '';
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

it('prints the assessment by a scheme’s id, and by its file', async () => {
  const given = await file('c.json', CASE);
  expect(await runAssess(['--scheme', 'property-fee', '--case', given], io)).toBe(0);
  const byId = JSON.parse(out);
  expect(Object.keys(byId)).toEqual(['entitlements', 'total', 'notOwed', 'trace', 'unverified', 'refused']);
  expect(byId).toMatchObject({
    entitlements: [{ rule: 'fee-refund', amount: '14.48', due: '2024-03-13', payer: 'property' }],
    total: { amount: '14.48', currency: 'CNY' },
  });
  out = '';
  expect(await runAssess(['--scheme', 'schemes/property-fee.json', '--case', given, '--pretty'], io)).toBe(0);
  expect(JSON.parse(out)).toEqual(byId);
  expect(err).toBe('');
});

it('prints a refusal as a result', async () => {
  const given = await file('c.json', { ...CASE, premises: {} });
  expect(await runAssess(['--scheme', 'property-fee', '--case', given], io)).toBe(0);
  expect(JSON.parse(out).refused).toEqual([{ path: 'premises/area_m2', code: 'missing_input' }]);
});

it('names every fault of both files', async () => {
  const scheme = await file('s.json', { id: 'x', versions: [] });
  const given = await file('c.json', {
    ...CASE,
    at: 'now',
    interruptions: [{ from: '2024-02-10T06:00:00' }],
  });
  expect(await runAssess(['--scheme', scheme, '--case', given], io)).toBe(1);
  expect(out).toBe('');
  for (const path of ['/title', '/currency', '/versions', '/at', '/interruptions/0/from'])
    expect(err).toContain(path);
});

it.for([
  [['--scheme', 'property-fee'], 2],
  [['--scheme', 'property-fee', '--case', 'c.json', '--what'], 2],
  [['--scheme', 'nobody', '--case', '/nowhere/c.json'], 1],
] as const)('with %s ends with %i and says why', async ([argv, code]) => {
  expect(await runAssess([...argv], io)).toBe(code);
  expect(err).not.toBe('');
});
