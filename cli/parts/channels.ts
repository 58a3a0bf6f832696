import { join } from 'node:path';
import type { ChannelContext, ChannelEntry } from '../../adapters/channels/entry/define-channel.ts';
import logChannel from '../../adapters/channels/log.ts';
import twilio from '../../adapters/channels/twilio.ts';
import type { Configuration } from '../../contracts/configuration.ts';
import type { Channel } from '../../core/ports/channel.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import { Complaint } from '../complaint.ts';
import { given } from './given.ts';
import { createLogChannel } from './log-channel.ts';

export interface Channels {
  readonly log: Channel;
  /** Provider per logical channel of the outbox. */
  readonly providers: ReadonlyMap<string, Channel>;
}

export function openChannels(
  configuration: Configuration,
  sites: SiteDirectory,
  context: ChannelContext,
): Channels {
  const file = join(configuration.DATA_DIR, 'messages.log');
  const providers = new Map<string, Channel>();
  if (configuration.TWILIO_ACCOUNT_SID !== undefined) {
    providers.set('sms', open(twilio, twilioSettings(configuration), context));
  }
  return {
    log: createLogChannel(sites, (bodies) => open(logChannel, { file, bodies }, context)),
    providers,
  };
}

function twilioSettings(configuration: Configuration): Record<string, unknown> {
  return {
    accountSid: configuration.TWILIO_ACCOUNT_SID,
    authToken: configuration.TWILIO_AUTH_TOKEN,
    ...given('from', configuration.TWILIO_FROM),
    ...given('messagingServiceSid', configuration.TWILIO_MESSAGING_SERVICE_SID),
    ...given('baseUrl', configuration.TWILIO_API_URL),
  };
}

function open(entry: ChannelEntry, settings: unknown, context: ChannelContext): Channel {
  const opened = entry.open(settings, context);
  if (opened.ok) return opened.channel;
  const faults = opened.faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new Complaint(`the settings of channel ${entry.id} are wrong: ${faults}`);
}
