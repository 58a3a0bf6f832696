import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import { changesOf, incidentOf, interruptionOf, line, noticeOf } from '../contract/stores-builders.ts';
import { silentLog } from './silent-log.ts';

/** Applies one write after the other and prints each position once it was acknowledged, until it is killed. */
const [file = '', site = ''] = process.argv.slice(2);
const stores = await openSqliteStores({ file, log: silentLog });
await stores.migrate();
const epoch = (await stores.leases.acquire(site, 'writer', 60_000)) ?? 0;
for (let position = (await stores.events.head(site)) / 3 + 1; ; position++) {
  const id = `x${position}`;
  const outcome = await stores.incidents.apply({
    site,
    epoch,
    position,
    at: position,
    changes: changesOf({
      incidents: [incidentOf(`i${position}`)],
      ledger: [line('opened', interruptionOf(id))],
      notices: [noticeOf('+8613800000001', { incident: `i${position}` })],
    }),
  });
  await stores.audit.append({ site, at: position, by: 'writer', action: 'apply', subject: id, detail: null });
  if (outcome === 'applied') process.stdout.write(`${position}\n`);
}
