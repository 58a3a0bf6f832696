import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadJsonDirectory } from '../../adapters/registry/load-directory.ts';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { TelemetrySchema } from '../../contracts/native.ts';

const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const profiles = await loadProfiles();
const words = { u16: 1, i16: 1, u32: 2, i32: 2, f32: 2, u64: 4, i64: 4, f64: 4 } as const;

describe('every device profile', () => {
  it('stands in a file that ends with its id, after its maker', () => {
    const modules = readdirSync(folder('profiles')).filter((name) => name.endsWith('.ts'));
    const names = modules.map((name) => name.replace(/\.ts$/, ''));
    expect(names).toHaveLength(profiles.size);
    for (const id of profiles.keys())
      expect(names.some((name) => name === id || name.endsWith(`-${id}`))).toBe(true);
  });

  it.for([...profiles])(
    '%s says who it is in both languages, and where its map comes from',
    ([, profile]) => {
      expect(profile.title['zh-CN']).not.toBe('');
      expect(profile.title.en).not.toBe('');
      expect(profile.source).not.toBe('');
    },
  );

  it.for([...profiles])(
    '%s gives only fields of native telemetry, each once, from registers that do not overlap',
    ([, profile]) => {
      const registers = profile.modbus?.registers ?? [];
      const known = new Set(Object.keys(TelemetrySchema.properties));
      expect(registers.map(({ field }) => field).filter((field) => !known.has(field))).toEqual([]);
      expect(new Set(registers.map(({ field }) => field)).size).toBe(registers.length);
      const taken = registers.flatMap(({ address, type }) =>
        Array.from({ length: words[type] }, (_, i) => address + i),
      );
      expect(new Set(taken).size).toBe(taken.length);
      for (const address of taken) expect(address >= 0 && address <= 65_535).toBe(true);
    },
  );

  it.for([...profiles])('%s can read each register in one request and none in a gap', ([, { modbus }]) => {
    for (const { address, type } of modbus?.registers ?? []) {
      expect(words[type]).toBeLessThanOrEqual(modbus?.maxRegisters ?? 0);
      for (const [first, last] of modbus?.gaps ?? []) {
        expect(address + words[type] <= first || address > last).toBe(true);
      }
    }
  });
});

describe('every compensation scheme', () => {
  it('is a JSON object with an id that is its file name', async () => {
    const schemes = await loadJsonDirectory(folder('schemes'), (json) =>
      typeof json === 'object' && json !== null && 'id' in json && typeof json.id === 'string'
        ? { id: json.id }
        : 'it has no id',
    );
    const files = readdirSync(folder('schemes')).filter((name) => name.endsWith('.json'));
    expect(new Set(files.map((name) => name.replace(/\.json$/, '')))).toEqual(new Set(schemes.keys()));
  });
});
