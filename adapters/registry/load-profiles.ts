import { fileURLToPath } from 'node:url';
import type { Profile, Profiles } from '../../core/readings/profile.ts';
import { loadDirectory } from './load-directory.ts';

/** Beside this folder, in the sources as in the build. */
const FOLDER = fileURLToPath(new URL('../../profiles', import.meta.url));

/** Every device profile. `defineProfile` has checked each at compile time; here only what a loader must rely on. */
export function loadProfiles(folder: string = FOLDER): Promise<Profiles> {
  return loadDirectory(folder, (exported) =>
    isProfile(exported) ? exported : 'its default export is no profile: it has no id, title or source',
  );
}

function isProfile(value: unknown): value is Profile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    /^[A-Za-z0-9._-]{1,64}$/.test(value.id) &&
    'title' in value &&
    'source' in value &&
    'lastGasp' in value &&
    'reportsUptime' in value
  );
}
