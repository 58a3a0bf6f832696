/** Work between two breaths of the event loop. */
const SLICE_MS = 8;

/** Awaited inside long loops: lets the event loop run whenever the current slice is used up. */
export type Pace = () => Promise<void> | undefined;

export function createPace(): Pace {
  let began = performance.now();
  return () => {
    if (performance.now() - began < SLICE_MS) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        began = performance.now();
        resolve();
      }),
    );
  };
}
