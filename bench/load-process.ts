import { type LoadPlan, runLoad } from './load.ts';

// The generator as a process of its own: its plan comes in over IPC, its result goes out the same way.
process.once('message', (plan) => {
  runLoad(plan as LoadPlan, (sent, acknowledged) =>
    process.send?.({ kind: 'tick', sent, acknowledged }),
  ).then(
    (result) => process.send?.({ kind: 'result', result }, () => process.disconnect()),
    (error: unknown) => {
      process.send?.({ kind: 'error', message: error instanceof Error ? error.message : String(error) }, () =>
        process.disconnect(),
      );
    },
  );
});
