import type { Dialect } from '../dialect.ts';
import type { DeliveryTable } from '../tables.ts';
import { createTemplate, type Template } from '../template.ts';
import { FINAL_STATES } from './receipt-steps.ts';

/** Writes these columns of one `delivery` that is not settled yet; compiled once for each set of columns. */
export function createSaves({ db }: Dialect) {
  const known = new Map<string, Template<string, unknown>>();

  return (change: Partial<DeliveryTable>): Template<string, unknown> => {
    // `record` alone calls this, so the sets of columns are few.
    const columns = Object.keys(change) as (keyof DeliveryTable)[];
    const key = columns.join();
    const save =
      known.get(key) ??
      createTemplate((value: (name: string) => never) =>
        db
          .updateTable('delivery')
          .set(Object.fromEntries(columns.map((column) => [column, value(column)])))
          .where('id', '=', value('delivery'))
          .where('state', 'not in', FINAL_STATES),
      );
    known.set(key, save);
    return save;
  };
}
