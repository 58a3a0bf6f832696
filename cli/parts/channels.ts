import { join } from 'node:path';
import type { ChannelContext, ChannelEntry } from '../../adapters/channels/entry/define-channel.ts';
import logChannel from '../../adapters/channels/log.ts';
import { createChannelDesk } from '../../adapters/channels/set-up/desk.ts';
import { type ChannelDirectory, createChannelDirectory } from '../../adapters/channels/set-up/directory.ts';
import twilio from '../../adapters/channels/twilio.ts';
import { createAesBox } from '../../adapters/secrets/aes-box.ts';
import { keyFromFile, keyFromText } from '../../adapters/secrets/key-file.ts';
import type { Configuration } from '../../contracts/configuration.ts';
import type { Channel } from '../../core/ports/channel.ts';
import type { ChannelDesk } from '../../core/ports/channel-desk.ts';
import { Complaint } from '../complaint.ts';
import { given } from './given.ts';
import type { Ground } from './ground.ts';
import { loadChannels } from './load-channels.ts';
import { createLogChannel } from './log-channel.ts';

export interface Channels {
  readonly log: Channel;
  readonly entries: ReadonlyMap<string, ChannelEntry>;
  readonly directory: ChannelDirectory;
  readonly desk: ChannelDesk;
}

export async function openChannels(ground: Ground): Promise<Channels> {
  const { configuration, stores, sites, bus, clock, log, publicUrl } = ground;
  const context: ChannelContext = { clock, log, publicUrl };
  const file = join(configuration.DATA_DIR, 'messages.log');
  const entries = await loadChannels();
  const box = createAesBox(await secretsKey(configuration));
  const deps = {
    entries,
    store: stores.channelSettings,
    box,
    environment: fromEnvironment(configuration, context),
    bus,
    log,
    context,
  };
  const directory = createChannelDirectory(deps);
  const logged = createLogChannel(sites, (bodies) => open(logChannel, { file, bodies }, context));
  return {
    log: logged,
    entries,
    directory,
    desk: createChannelDesk({ ...deps, logged }, directory),
  };
}

/** From the environment, which processes on several machines share; else from a file beside the data. */
async function secretsKey({ SECRETS_KEY, DATA_DIR }: Configuration): Promise<Buffer> {
  if (SECRETS_KEY === undefined) return await keyFromFile(join(DATA_DIR, 'secrets.key'));
  const key = keyFromText(SECRETS_KEY);
  if (key === null) throw new Complaint('SECRETS_KEY must be 32 octets in base64: openssl rand -base64 32');
  return key;
}

function fromEnvironment(
  configuration: Configuration,
  context: ChannelContext,
): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  if (configuration.TWILIO_ACCOUNT_SID === undefined) return new Map();
  const settings = {
    accountSid: configuration.TWILIO_ACCOUNT_SID,
    authToken: configuration.TWILIO_AUTH_TOKEN,
    ...given('from', configuration.TWILIO_FROM),
    ...given('messagingServiceSid', configuration.TWILIO_MESSAGING_SERVICE_SID),
    ...given('baseUrl', configuration.TWILIO_API_URL),
  };
  open(twilio, settings, context);
  return new Map([[twilio.id, settings]]);
}

function open(entry: ChannelEntry, settings: unknown, context: ChannelContext): Channel {
  const opened = entry.open(settings, context);
  if (opened.ok) return opened.channel;
  const faults = opened.faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new Complaint(`the settings of channel ${entry.id} are wrong: ${faults}`);
}
