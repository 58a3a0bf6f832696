export interface Turns {
  /** Runs at most `atOnce` tasks; the others wait. Undefined when too many wait already. */
  run<T>(task: () => Promise<T>): Promise<T> | undefined;
  /** Resolves when what runs or waits now has ended. */
  settled(): Promise<void>;
}

export function createTurns(atOnce: number, maxWaiting: number): Turns {
  const pending = new Set<Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function take<T>(task: () => Promise<T>): Promise<T> {
    if (running >= atOnce) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    run(task) {
      if (waiting.length >= maxWaiting) return undefined;
      const turn = take(task);
      pending.add(turn);
      void turn.then(
        () => pending.delete(turn),
        () => pending.delete(turn),
      );
      return turn;
    },
    async settled() {
      await Promise.allSettled([...pending]);
    },
  };
}
