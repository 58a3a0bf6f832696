/** Bytes held over all clients, and who stopped reading because there were too many. */
export function createHeldLedger(limit_bytes: number) {
  let bytes = 0;
  let messages = 0;
  const stalled = new Set<() => void>();

  return {
    isFull: () => bytes >= limit_bytes,
    bytes: () => bytes,
    messages: () => messages,

    hold(added_bytes: number): void {
      bytes += added_bytes;
      messages += 1;
    },

    /** `wake` runs once there is room again. */
    waitForRoom(wake: () => void): void {
      stalled.add(wake);
    },

    release(freed_bytes: number, freed_messages: number): void {
      bytes -= freed_bytes;
      messages -= freed_messages;
      if (stalled.size === 0 || bytes > limit_bytes / 2) return;
      const waiting = [...stalled];
      stalled.clear();
      for (const wake of waiting) wake();
    },
  };
}

export type HeldLedger = ReturnType<typeof createHeldLedger>;
