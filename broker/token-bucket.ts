/**
 * Lets `rate_per_s` through on average and `burst` at once. A token may be borrowed: the answer is how long its taker
 * must wait, so those who wait are served in the order in which they asked.
 */
export function createTokenBucket(rate_per_s: number, burst: number) {
  let tokens = burst;
  let filledAt_ms: number | null = null;

  return {
    /** Milliseconds to wait before this one may pass; 0 is now. */
    take(now_ms: number): number {
      tokens = Math.min(burst, tokens + ((now_ms - (filledAt_ms ?? now_ms)) * rate_per_s) / 1000);
      filledAt_ms = now_ms;
      tokens -= 1;
      return tokens >= 0 ? 0 : Math.ceil((-tokens * 1000) / rate_per_s);
    },
  };
}

export type TokenBucket = ReturnType<typeof createTokenBucket>;
