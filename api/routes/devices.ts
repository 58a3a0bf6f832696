import { Type } from 'typebox';
import { DeviceParams, SiteParams } from '../../contracts/http/common.ts';
import {
  CredentialParams,
  CredentialReply,
  CredentialState,
  DeviceList,
  DeviceQuery,
  DeviceView,
  HistoryQueryString,
  HistoryReply,
} from '../../contracts/http/devices.ts';
import type { StoredSite } from '../../core/ports/site-store.ts';
import type { Device } from '../../core/topology/site.ts';
import { toIso } from '../../core/units/time.ts';
import { hashToken, newToken } from '../access/tokens.ts';
import { type Context, instantOf, record, type Server, siteOf } from '../context.ts';
import { pageOf } from '../cursor.ts';
import { Refused } from '../errors.ts';
import { deviceView } from '../views/devices.ts';

const PAGE = 200;
const BUCKETS = 300;
const HISTORY_MAX_MS = 400 * 86_400_000;

export function deviceRoutes(app: Server, context: Context): void {
  const { stores, clock, ingest, readings } = context;

  function deviceOf(params: { site: string; device: string }): { stored: StoredSite; device: Device } {
    const stored = siteOf(context, params.site);
    const device = stored.site.devices.find(({ id }) => id === params.device);
    if (device === undefined) throw new Refused('unknown_device');
    return { stored, device: asServed(params.site)(device) };
  }

  /** As detection has it: people may have taken it out of service since the site file was written. */
  function asServed(site: string): (device: Device) => Device {
    const out = new Set(ingest?.outOfService(site));
    return (device) => (out.has(device.id) ? { ...device, inService: false } : device);
  }

  app.get(
    '/sites/:site/devices',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['devices'],
        summary: 'Devices with their newest values, quality and age',
        params: SiteParams,
        querystring: DeviceQuery,
        response: { 200: DeviceList },
      },
    },
    async ({ params, query }) => {
      const { site } = siteOf(context, params.site);
      const latest = new Map(ingest?.latest(params.site).map((value) => [value.device, value]));
      const now = clock.now();
      const search = query.search?.toLowerCase() ?? '';
      const views = site.devices
        .filter(({ id, node }) => `${id} ${node}`.toLowerCase().includes(search))
        .filter(({ node }) => query.node === undefined || node === query.node)
        .map(asServed(params.site))
        .map((device) => deviceView(device, latest.get(device.id), site.site.detection, now))
        .filter(({ quality }) => query.quality === undefined || quality === query.quality);
      return pageOf(views, query, PAGE);
    },
  );

  app.get(
    '/sites/:site/devices/:device',
    {
      config: { errors: ['unknown_device'] },
      schema: {
        tags: ['devices'],
        summary: 'One device with its newest values',
        params: DeviceParams,
        response: { 200: DeviceView },
      },
    },
    async ({ params }) => {
      const { stored, device } = deviceOf(params);
      const latest = ingest?.latest(params.site).find((value) => value.device === device.id);
      return deviceView(device, latest, stored.site.site.detection, clock.now());
    },
  );

  app.get(
    '/sites/:site/devices/:device/history',
    {
      config: { errors: ['unknown_device', 'invalid_range'] },
      schema: {
        tags: ['devices'],
        summary: 'Readings in equal buckets with lowest, highest and mean',
        params: DeviceParams,
        querystring: HistoryQueryString,
        response: { 200: HistoryReply },
      },
    },
    async ({ params, query }) => {
      const { device } = deviceOf(params);
      const from = instantOf(query.from, '/querystring/from');
      const to = instantOf(query.to, '/querystring/to');
      if (from >= to || to - from > HISTORY_MAX_MS) throw new Refused('invalid_range');
      const fields = [...new Set(query.fields.split(','))];
      const buckets = await readings.history({
        site: params.site,
        device: device.id,
        fields,
        from,
        to,
        buckets: query.buckets ?? BUCKETS,
      });
      return {
        device: device.id,
        fields,
        from: toIso(from),
        to: toIso(to),
        buckets: buckets.map(({ at, count, min, max, mean }) => ({
          at: toIso(at),
          count,
          min: [...min],
          max: [...max],
          mean: [...mean],
        })),
      };
    },
  );

  function clientOf(params: { site: string; client: string }): 'device' | 'gateway' {
    const { site } = siteOf(context, params.site);
    if (site.devices.some(({ id }) => id === params.client)) return 'device';
    if (site.gateways.some(({ id }) => id === params.client)) return 'gateway';
    throw new Refused('unknown_device');
  }

  app.get(
    '/sites/:site/credentials/:client',
    {
      config: { errors: ['unknown_device'] },
      schema: {
        tags: ['devices'],
        summary: 'Has this device or gateway a secret',
        params: CredentialParams,
        response: { 200: CredentialState },
      },
    },
    async ({ params }) => {
      const kind = clientOf(params);
      const hash = await stores.credentials.hashOf(params.site, params.client);
      return { client: params.client, kind, exists: hash !== null };
    },
  );

  app.post(
    '/sites/:site/credentials/:client',
    {
      config: { errors: ['unknown_device'] },
      schema: {
        tags: ['devices'],
        summary: 'A new secret, shown here and never again; the old one ends',
        params: CredentialParams,
        response: { 201: CredentialReply },
      },
    },
    async (request, reply) => {
      const { site, client } = request.params;
      clientOf(request.params);
      const secret = newToken();
      await stores.credentials.set(site, client, hashToken(secret), clock.now());
      context.credentialChanged?.(site, client);
      await record(context, request, { site, action: 'credential.set', subject: client });
      const username = `${site}/${client}`;
      return reply.code(201).send({ client, username, clientId: username, secret });
    },
  );

  app.delete(
    '/sites/:site/credentials/:client',
    {
      config: { errors: ['unknown_device'] },
      schema: {
        tags: ['devices'],
        summary: 'Take the secret away; the device cannot sign in any more',
        params: CredentialParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { site, client } = request.params;
      // One that left the site file may still have a secret to take away.
      if ((await stores.credentials.hashOf(site, client)) === null) throw new Refused('unknown_device');
      await stores.credentials.remove(site, client);
      context.credentialChanged?.(site, client);
      await record(context, request, { site, action: 'credential.remove', subject: client });
      return reply.code(204).send(null);
    },
  );
}
