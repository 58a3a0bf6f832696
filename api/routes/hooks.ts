import fastifyFormbody from '@fastify/formbody';
import { Type } from 'typebox';
import type { Context, Server } from '../context.ts';
import type { ProviderHook } from '../deps.ts';
import { Refused } from '../errors.ts';

const BODY_BYTES = 256 * 1024;

const BODIES = {
  form: Type.Record(Type.String(), Type.String()),
  json: Type.Unknown(),
} as const;

/** Callbacks of providers: no session and no CSRF token, the signature or the secret in the path is the proof. */
export async function hookRoutes(app: Server, { hooks = [] }: Context): Promise<void> {
  await app.register(fastifyFormbody, { bodyLimit: BODY_BYTES });
  for (const hook of hooks) {
    if (!hook.path.startsWith('/hooks/')) throw new Error(`The hook ${hook.path} is not below /hooks/`);
    app.post(
      hook.path,
      {
        bodyLimit: BODY_BYTES,
        schema: {
          hide: true,
          body: BODIES[hook.body],
          response: { 200: Type.Unknown(), 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const answer = await hook.receive(requestOf(hook, request));
        if (answer.status === 403) throw new Refused('forged_hook');
        if (answer.status === 400) throw new Refused('invalid_request');
        return answer.json === undefined ? reply.code(204).send(null) : reply.code(200).send(answer.json);
      },
    );
  }
}

function requestOf(
  { signatureHeader }: ProviderHook,
  request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly params: unknown;
    readonly body: unknown;
  },
): Parameters<ProviderHook['receive']>[0] {
  const { url, headers, params, body } = request;
  const signature = signatureHeader === undefined ? undefined : headers[signatureHeader];
  const token =
    typeof params === 'object' && params !== null && 'token' in params && typeof params.token === 'string'
      ? params.token
      : '';
  return {
    query: url.includes('?') ? url.slice(url.indexOf('?') + 1) : '',
    signature: typeof signature === 'string' ? signature : undefined,
    token,
    body,
  };
}
