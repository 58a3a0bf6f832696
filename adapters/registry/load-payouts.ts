import { fileURLToPath } from 'node:url';
import type { PayoutMethod, PayoutMethods } from '../../core/ports/payout-method.ts';
import { loadDirectory } from './load-directory.ts';

/** Beside this folder, in the sources as in the build. */
const FOLDER = fileURLToPath(new URL('../payouts', import.meta.url));

/** Every way to pay. `definePayout` has checked each at compile time; here only what a loader must rely on. */
export function loadPayouts(folder: string = FOLDER): Promise<PayoutMethods> {
  return loadDirectory(folder, (exported) =>
    isPayoutMethod(exported)
      ? exported
      : 'its default export is no way to pay: it has no id, title or formats',
  );
}

function isPayoutMethod(value: unknown): value is PayoutMethod {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    /^[A-Za-z0-9._-]{1,64}$/.test(value.id) &&
    'title' in value &&
    'formats' in value &&
    'controlOf' in value
  );
}
