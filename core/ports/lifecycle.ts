/** Anything with a life. `start` resolves when it is ready; `stop` resolves when nothing of it runs any more. */
export interface Lifecycle {
  start(): Promise<void>;
  stop(): Promise<void>;
}
