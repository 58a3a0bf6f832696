import fc from 'fast-check';

/** The same random cases in every run, so that a red test is the change's fault; `PROPERTY_SEED=…` looks elsewhere. */
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) });
