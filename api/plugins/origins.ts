/** Which web pages may write here or open a live connection. */
export interface Origins {
  allows(origin: string | undefined, host: string | undefined): boolean;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * A browser names the page's origin on every write. Allowed are PUBLIC_URL and this machine's own addresses when the
 * page came from the very host that is asked; no origin at all is no browser.
 */
export function createOrigins(publicUrl: string | null): Origins {
  const own = publicUrl === null ? null : new URL(publicUrl).origin;
  return {
    allows(origin, host) {
      if (origin === undefined) return true;
      if (origin === own) return true;
      const page = parseOrigin(origin);
      return page !== null && page.host === host && LOOPBACK.has(page.hostname);
    },
  };
}

function parseOrigin(origin: string): URL | null {
  try {
    return new URL(origin);
  } catch {
    return null;
  }
}
