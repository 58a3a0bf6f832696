import { ErasureBody, ErasureView, PersonParams } from '../../contracts/http/people.ts';
import type { Erasure } from '../../core/ports/people-store.ts';
import { type Context, record, type Server } from '../context.ts';
import { Refused } from '../errors.ts';

/** Taking a person out of the books for good. What they were told, and everybody's sums, stay provable without them. */
export function erasureRoutes(app: Server, context: Context): void {
  const { stores, clock, bus } = context;

  app.get(
    '/sites/:site/people/:person/erasure',
    {
      config: { errors: ['unknown_person'] },
      schema: {
        tags: ['people'],
        summary: 'What erasing this person would take away, and what would stay',
        params: PersonParams,
        response: { 200: ErasureView },
      },
    },
    async (request) => {
      const { site, person: subject } = request.params;
      const erasure = await stores.people.erasure(site, subject);
      if (erasure === null) throw new Refused('unknown_person');
      await record(context, request, { site, action: 'person.erasure_preview', subject });
      return viewOf(erasure);
    },
  );

  app.post(
    '/sites/:site/people/:person/erasure',
    {
      config: { errors: ['unknown_person', 'version_conflict'] },
      schema: {
        tags: ['people'],
        summary: 'Erase this person; cannot be undone',
        params: PersonParams,
        body: ErasureBody,
        response: { 200: ErasureView },
      },
    },
    async (request) => {
      const { site, person: subject } = request.params;
      const erasure = await stores.people.erase(site, subject, clock.now());
      if (erasure === null) throw new Refused('unknown_person');
      // The reason is written by hand and may name the person: it is counted, not kept.
      const detail = { reasonGiven: request.body.reason.trim().length, deliveries: erasure.deliveries };
      await record(context, request, { site, action: 'person.erase', subject, detail });
      bus.publish('site', { site });
      return viewOf({ ...erasure, erased: true });
    },
  );
}

function viewOf(erasure: Erasure) {
  return { ...erasure, premises: [...erasure.premises] };
}
