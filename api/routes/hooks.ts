import fastifyFormbody from '@fastify/formbody';
import { Type } from 'typebox';
import type { Context, Server } from '../context.ts';
import { Refused } from '../errors.ts';

const FORM_BYTES = 64 * 1024;

/** Callbacks of providers: no session and no CSRF token, the signature is the proof. */
export async function hookRoutes(app: Server, { hooks = [] }: Context): Promise<void> {
  await app.register(fastifyFormbody, { bodyLimit: FORM_BYTES });
  for (const hook of hooks) {
    if (!hook.path.startsWith('/hooks/')) throw new Error(`The hook ${hook.path} is not below /hooks/`);
    app.post(
      hook.path,
      {
        bodyLimit: FORM_BYTES,
        schema: {
          hide: true,
          body: Type.Record(Type.String(), Type.String()),
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const signature = request.headers[hook.signatureHeader];
        const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '';
        const status = await hook.receive({
          query,
          signature: typeof signature === 'string' ? signature : undefined,
          form: request.body,
        });
        if (status === 403) throw new Refused('forged_hook');
        if (status === 400) throw new Refused('invalid_request');
        return reply.code(204).send(null);
      },
    );
  }
}
