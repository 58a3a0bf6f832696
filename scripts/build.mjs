// `npm run build`: everything that runs in production, if it is not there already.
import { buildIfOlder } from './build-if-older.mjs';

buildIfOlder();
