// A reader of an external broker in a process of its own, to be killed: writes each payload durably, then lets go.

import { appendFileSync, fsyncSync, openSync } from 'node:fs';
import { createExternalBrokerSource } from '../../adapters/mqtt/external-broker-source.ts';
import type { Committed } from '../../core/ports/journal.ts';
import { brokerLogin } from './broker-login.ts';
import { createLogBook, createMeter, realClock } from './quiet.ts';

const [url = '', clientId = '', file = ''] = process.argv.slice(2);
const fd = openSync(file, 'a');
let lines = '';
let waiting: Committed[] = [];

setInterval(() => {
  if (waiting.length === 0) return;
  const done = waiting;
  appendFileSync(fd, lines);
  fsyncSync(fd);
  lines = '';
  waiting = [];
  for (const committed of done) committed();
}, 20);

const source = createExternalBrokerSource({
  ...brokerLogin(url),
  clientId,
  filters: [`relight/${clientId}/+/telemetry`],
  intake: {
    accept(_topic, payload, _stored, done) {
      lines += `${Buffer.from(payload).toString()}\n`;
      waiting.push(done);
    },
  },
  clock: realClock,
  log: createLogBook(),
  telemetry: createMeter(),
});
await source.start();
process.stdout.write('ready\n');
