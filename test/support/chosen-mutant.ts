/** Which mutant of an instrumented copy is awake (`prove/mutation-exact.ts`); none in the code as it stands. */
Reflect.set(globalThis, 'chosenMutant', process.env.MUTANT ?? '');
