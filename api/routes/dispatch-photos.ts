import { IncidentParams } from '../../contracts/http/common.ts';
import { PhotoBody, PhotoParams, PhotoStored, PhotoView } from '../../contracts/http/dispatch.ts';
import { strippedPhoto } from '../../core/dispatch/photo-bytes.ts';
import { toIso } from '../../core/units/time.ts';
import { newId } from '../access/tokens.ts';
import { type Context, record, type Server, userOf } from '../context.ts';
import { Refused } from '../errors.ts';

const PHOTOS_AN_INCIDENT = 40;
/** 512 MB of pictures, in base64. */
const CHARACTERS_A_SITE = (512 * 1024 * 1024 * 4) / 3;

/** Photos of what an engineer found and did; an entry of the dispatch names one by its id. */
export function dispatchPhotoRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;

  app.post(
    '/sites/:site/incidents/:incident/dispatch/photos',
    {
      config: { errors: ['unknown_dispatch', 'body_too_large', 'photo_invalid', 'photos_full'] },
      schema: {
        tags: ['dispatch'],
        summary: 'Store a photo, at most 675 kB, without what the camera wrote about place and time',
        params: IncidentParams,
        body: PhotoBody,
        response: { 201: PhotoStored },
      },
    },
    async (request, reply) => {
      const { site, incident } = request.params;
      if ((await stores.dispatches.ofIncident(site, incident)) === null)
        throw new Refused('unknown_dispatch');
      const { type } = request.body;
      const bytes = strippedPhoto(type, Buffer.from(request.body.base64, 'base64'));
      if (bytes === null) throw new Refused('photo_invalid');
      const base64 = Buffer.from(bytes).toString('base64');
      const stored = await stores.dispatches.photosStored(site, incident);
      if (stored.ofIncident >= PHOTOS_AN_INCIDENT || stored.characters + base64.length > CHARACTERS_A_SITE)
        throw new Refused('photos_full');
      const by = userOf(request).id;
      const photo = { site, id: newId(), incident, at: clock.now(), by, type, base64 };
      await stores.dispatches.addPhoto(photo);
      const detail = { photo: photo.id };
      await record(context, request, { site, action: 'dispatch.photo', subject: incident, detail });
      return reply.code(201).send({ photo: photo.id });
    },
  );

  app.get(
    '/sites/:site/incidents/:incident/dispatch/photos/:photo',
    {
      config: { errors: ['unknown_photo'] },
      schema: {
        tags: ['dispatch'],
        summary: 'One photo',
        params: PhotoParams,
        response: { 200: PhotoView },
      },
    },
    async ({ params: { site, incident, photo } }) => {
      const found = await stores.dispatches.photo(site, photo);
      if (found === null || found.incident !== incident) throw new Refused('unknown_photo');
      const { id, at, by, type, base64 } = found;
      return { photo: id, at: toIso(at), by, type, base64 };
    },
  );
}
