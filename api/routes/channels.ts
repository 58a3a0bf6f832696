import { Type } from 'typebox';
import {
  ChannelHeaders,
  ChannelParams,
  ChannelSaved,
  ChannelSettingsBody,
  ChannelsReply,
  ChannelTestBody,
  ChannelTestReply,
} from '../../contracts/http/channels.ts';
import { costOf } from '../../core/notices/cost.ts';
import { segmentsOf } from '../../core/notices/segments.ts';
import type { SendOutcome } from '../../core/ports/channel.ts';
import { newId } from '../access/tokens.ts';
import { type Context, record, type Server, userOf } from '../context.ts';
import { Refused } from '../errors.ts';
import { createPhoneRate } from '../inbound/phone-rate.ts';
import { isoOrNull } from '../views/interruptions.ts';

const TESTS_PER_HOUR = 10;
/** Takes what simulated sites send, and needs no setting up. */
const LOG = 'log';

const TEXT = {
  'zh-CN': '【复电】这是一条测试消息，收到即表示通道可用。',
  en: 'Relight: this is a test message. If you read it, the channel works.',
} as const;

/** How people are reached: kinds of channels, their settings, and a message to oneself. */
export function channelRoutes(app: Server, context: Context): void {
  const { channels, clock } = context;
  const mayTest = createPhoneRate(TESTS_PER_HOUR, clock);

  app.get(
    '/channels',
    {
      schema: {
        tags: ['channels'],
        summary: 'Kinds of channels with their schemas, and what is set up; secrets masked',
        response: { 200: ChannelsReply },
      },
    },
    async () => ({
      kinds: channels
        .kinds()
        .map((kind) => ({ ...kind, hooks: kind.hooks === null ? null : [...kind.hooks] })),
      configured: (await channels.states()).map((state) => ({
        ...state,
        savedAt: isoOrNull(state.savedAt),
        settings: state.settings === null ? null : { ...state.settings },
      })),
    }),
  );

  app.put(
    '/channels/:channel',
    {
      config: { errors: ['unknown_channel', 'channel_taken', 'channel_invalid', 'version_conflict'] },
      schema: {
        tags: ['channels'],
        summary:
          'Set a channel up; `If-Match` names the version that was read. A masked secret stays as it is',
        params: ChannelParams,
        headers: ChannelHeaders,
        body: ChannelSettingsBody,
        response: { 200: ChannelSaved },
      },
    },
    async (request) => {
      const { channel } = request.params;
      const ifVersion = versionIn(request.headers['if-match']);
      const by = { user: userOf(request).id, at: clock.now(), ifVersion };
      const put = await channels.put(channel, request.body, by);
      if ('refused' in put) throw new Refused(put.refused);
      if ('faults' in put) {
        throw new Refused('channel_invalid', {
          errors: put.faults.map(({ path, code, message }) => ({ path, code, message })),
        });
      }
      const names = Object.keys(request.body);
      await record(context, request, {
        action: 'channel.put',
        subject: channel,
        detail: { version: put.version, names },
      });
      return put;
    },
  );

  app.delete(
    '/channels/:channel',
    {
      config: { errors: ['version_conflict'] },
      schema: {
        tags: ['channels'],
        summary: 'Forget how a channel was set up',
        params: ChannelParams,
        headers: ChannelHeaders,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { channel } = request.params;
      await channels.remove(channel, versionIn(request.headers['if-match']));
      await record(context, request, { action: 'channel.remove', subject: channel });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/channels/:channel/test',
    {
      config: { errors: ['unknown_channel', 'too_many_requests'] },
      schema: {
        tags: ['channels'],
        summary: 'A message to oneself, with what it costs; `dryRun` says it before',
        params: ChannelParams,
        body: ChannelTestBody,
        response: { 200: ChannelTestReply },
      },
    },
    async (request) => {
      const { channel } = request.params;
      const { to = 'staff', language, dryRun = false } = request.body;
      const state = (await channels.states()).find(({ id }) => id === channel);
      if (state === undefined && channel !== LOG) throw new Refused('unknown_channel');
      const body = TEXT[language];
      const { segments } = segmentsOf(body);
      const shown = { body, segments, cost: costOf(channels.priceOf(state?.channel ?? LOG), segments) };
      if (dryRun) return { ...shown, outcome: 'not_sent' as const, code: null, detail: null };
      if (!mayTest(userOf(request).id)) throw new Refused('too_many_requests', { retryAfter_s: 3_600 });
      const parameters = { text: body };
      const template = { stage: 'test', audience: 'staff', parameters } as const;
      const outcome = await channels.test(channel, { to, body, language, key: `test-${newId()}`, template });
      if (outcome === null) throw new Refused('unknown_channel');
      await record(context, request, {
        action: 'channel.test',
        subject: channel,
        detail: { outcome: outcome.outcome },
      });
      return { ...shown, ...said(outcome) };
    },
  );
}

function said(outcome: SendOutcome) {
  return outcome.outcome === 'accepted'
    ? { outcome: outcome.outcome, code: null, detail: null, segments: outcome.segments }
    : { outcome: outcome.outcome, code: outcome.code, detail: outcome.detail };
}

function versionIn(tag: string): number {
  return Number(tag.slice(1, -1));
}
