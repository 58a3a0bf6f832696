import { Type } from 'typebox';
import { sameText } from '../access/tokens.ts';
import type { Context, Server } from '../context.ts';
import { Refused } from '../errors.ts';
import { isLocal } from '../plugins/health.ts';

/** `POST /control/{action}`: commands of this machine's own shell that must go through the running server. */
export function controlRoutes(app: Server, { control, log }: Context): void {
  app.post(
    '/control/:action',
    {
      schema: {
        hide: true,
        params: Type.Object({ action: Type.String({ pattern: '^[a-z-]{1,40}$' }) }),
        response: { 200: Type.Object({ result: Type.Unknown() }) },
      },
    },
    async (request) => {
      const { authorization, origin } = request.headers;
      const known = control !== undefined && isLocal(request) && origin === undefined;
      if (!known || !sameText(authorization ?? '', `Bearer ${control.token}`)) throw new Refused('not_found');
      const { action } = request.params;
      const act = Object.hasOwn(control.actions, action) ? control.actions[action] : undefined;
      if (act === undefined) throw new Refused('not_found');
      log.info('local command', { action });
      return { result: await act(request.body) };
    },
  );
}
