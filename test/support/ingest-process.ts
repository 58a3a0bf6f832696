import { openIngestWorld } from './ingest-world.ts';
import { smallSite } from './small-site.ts';

/** From the sender: one message of a device. */
export interface Sent {
  readonly id: number;
  readonly topic: string;
  readonly payload: string;
}

// An ingest of its own, to be killed: takes messages from its parent and says which are acknowledged.
const [directory = '', site = '', units = '1'] = process.argv.slice(2);
const world = await openIngestWorld(directory, [smallSite(site, Number(units))]);
process.on('message', (sent: Sent) => {
  world.ingest.intake.accept(sent.topic, Buffer.from(sent.payload), false, (error) => {
    if (error === undefined) process.send?.(sent.id);
  });
});
process.send?.('ready');
