import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { gridOf } from './grid.ts';
import { loadNetwork } from './networks.ts';
import { playCourse } from './play.ts';

// Courses one after the other in a process of their own: the network's name and a seed come in, a score goes out.
const profiles = await loadProfiles();
const [name = 'demo'] = process.argv.slice(2);
const network = loadNetwork(name);
if (network === null) throw new Error(`there is no network '${name}'`);
const grid = gridOf(network.site, profiles);
process.on('message', (seed: number) => process.send?.(playCourse(grid, profiles, seed)));
process.send?.('ready');
