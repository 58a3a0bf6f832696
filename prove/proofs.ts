import { accuracy } from './accuracy.ts';
import { claimKill } from './claim-kill.ts';
import { hostileModbus } from './hostile-modbus.ts';
import { hostileMqtt } from './hostile-mqtt.ts';
import { ingestKill } from './ingest-kill.ts';
import { journalKill } from './journal-kill.ts';
import { kill } from './kill.ts';
import { live } from './live.ts';
import { mutation } from './mutation.ts';
import { mutationExact } from './mutation-exact.ts';
import { noticeKill } from './notice-kill.ts';
import { ownerRush } from './owner-rush.ts';
import type { Proof } from './proof.ts';

/** Every proof, in the order of `npm run prove`. */
export const proofs: readonly Proof[] = [
  kill,
  journalKill,
  ingestKill,
  noticeKill,
  claimKill,
  hostileMqtt,
  hostileModbus,
  accuracy,
  live,
  mutation,
  mutationExact,
  ownerRush,
];
