import { accuracy } from './accuracy.ts';
import { hostileModbus } from './hostile-modbus.ts';
import { hostileMqtt } from './hostile-mqtt.ts';
import { ingestKill } from './ingest-kill.ts';
import { journalKill } from './journal-kill.ts';
import { kill } from './kill.ts';
import { live } from './live.ts';
import { mutation } from './mutation.ts';
import { mutationExact } from './mutation-exact.ts';
import type { Proof } from './proof.ts';

/** Every proof, in the order of `npm run prove`. */
export const proofs: readonly Proof[] = [
  kill,
  journalKill,
  ingestKill,
  hostileMqtt,
  hostileModbus,
  accuracy,
  live,
  mutation,
  mutationExact,
];
