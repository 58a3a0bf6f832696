/** Builds what is missing or older than its sources, into `dist/` and `dashboard/dist/`. Throws when a build fails. */
export function buildIfOlder(): void;
