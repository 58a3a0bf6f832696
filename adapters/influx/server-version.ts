export type WritePath = 'v1' | 'v2';

export interface ServerVersion {
  /** As the server gives it, e.g. `1.6.7~rc0` or `v2.7.11`. */
  readonly name: string;
  /** Null when the server does not say, as some hosted ones. */
  readonly major: 1 | 2 | 3 | null;
  /** 1.x takes `/api/v2/write` from 1.8 on. */
  readonly writePath: WritePath;
}

/** Reads the header `X-Influxdb-Version` of an answer to `/ping`. */
export function readServerVersion(header: string | undefined): ServerVersion {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(header ?? '') ?? [];
  const name = header ?? 'unknown version';
  if (major === '1') return { name, major: 1, writePath: Number(minor) >= 8 ? 'v2' : 'v1' };
  return { name, major: major === '2' ? 2 : major === '3' ? 3 : null, writePath: 'v2' };
}
