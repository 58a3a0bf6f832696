/** Ctrl-C reaches us from the terminal, from npm and from our launcher, all within moments: that is one wish. */
const SAME_WISH_MS = 1_000;

/** Resolves at the first SIGINT or SIGTERM; asked again later, the process ends at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked: number | null = null;
    const leave = () => {
      const now = performance.now();
      if (asked !== null && now - asked > SAME_WISH_MS) process.exit(130);
      asked ??= now;
      resolve();
    };
    process.on('SIGINT', leave);
    process.on('SIGTERM', leave);
  });
}
