import { createHash } from 'node:crypto';
import type { NewId } from '../core/incidents/engine.ts';

/**
 * Ids in the shape of UUIDv7, derived from the journal record that causes them and counted within it: folding the record
 * again gives the same id, whatever the engine has seen before, and no two records share one.
 */
export function createRecordIds(site: string, offset: () => number): NewId {
  let at_offset = -1;
  let count = 0;

  return (kind, at) => {
    if (at_offset !== offset()) {
      at_offset = offset();
      count = 0;
    }
    count += 1;
    const hash = createHash('sha256').update(`${site}\n${at_offset}\n${kind}\n${count}`).digest();
    const time = Math.max(0, Math.floor(at)).toString(16).padStart(12, '0').slice(-12);
    const variant = (0x80 | ((hash[2] ?? 0) & 0x3f)).toString(16);
    const random = hash.toString('hex', 0, 2).slice(1);
    const rest = hash.toString('hex', 3, 10);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${random}-${variant}${rest.slice(0, 2)}-${rest.slice(2)}`;
  };
}
