import { fileURLToPath } from 'node:url';
import type { ChannelEntry } from '../../adapters/channels/entry/define-channel.ts';
import { loadDirectory } from '../../adapters/registry/load-directory.ts';

/** In the sources as in the build. */
const FOLDER = fileURLToPath(new URL('../../adapters/channels', import.meta.url));

/** Every kind of channel there is; `defineChannel` has checked each at compile time. */
export function loadChannels(folder: string = FOLDER): Promise<ReadonlyMap<string, ChannelEntry>> {
  return loadDirectory(folder, (exported) =>
    isEntry(exported) ? exported : 'its default export is no channel: it has no id, title, settings or open',
  );
}

function isEntry(value: unknown): value is ChannelEntry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    /^[a-z0-9-]{1,32}$/.test(value.id) &&
    'title' in value &&
    'settings' in value &&
    'serves' in value &&
    'open' in value
  );
}
