import { createTokenBucket } from './token-bucket.ts';

/** Lets connects through at a bounded rate, in order; one that would wait too long is turned away at once. */
export function createAdmission(limits: {
  readonly connectsPerSecond: number;
  readonly connectWait_ms: number;
}) {
  const bucket = createTokenBucket(limits.connectsPerSecond, limits.connectsPerSecond);
  const pending = new Set<ReturnType<typeof setTimeout>>();
  const most = (limits.connectsPerSecond * limits.connectWait_ms) / 1000;

  return {
    /** False when too many wait already; otherwise `admitted` runs when it is this one's turn. */
    ask(now_ms: number, admitted: () => void): boolean {
      if (pending.size >= most) return false;
      const wait_ms = bucket.take(now_ms);
      if (wait_ms === 0) {
        admitted();
        return true;
      }
      const timer = setTimeout(() => {
        pending.delete(timer);
        admitted();
      }, wait_ms);
      pending.add(timer);
      return true;
    },

    stop(): void {
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}
