import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiWorld, createScribe, type Hand, incidentAt, openApiWorld } from '../support/api-world.ts';

let world: ApiWorld;
let manager: Hand;
beforeAll(async () => {
  world = await openApiWorld();
  manager = await world.hire('manager', ['s1']);
  const from = world.now.at - 3_600_000;
  const body = {
    id: 'x1',
    node: 'u-1',
    premises: '1',
    phases: 'ABC',
    from,
    to: null,
    momentary: false,
    operations: 1,
    planned: null,
    causes: [{ incident: 'i1', from, to: null }],
  } as const;
  await createScribe(world)({
    incidents: [incidentAt('i1', from)],
    ledger: [{ type: 'opened', at: from, reason: 'test', body }],
  });
});
afterAll(() => world.close());

const url = '/api/v1/sites/s1/incidents/i1/attributions';
const said = {
  attribution: 'utility',
  cause: 'cable dug up',
  reason: 'letter',
  evidence: [{ title: 'letter of 3 May' }],
};
const say = (payload: object, to = url) => world.ask({ method: 'POST', url: to, by: manager, payload });

describe('who answers for an incident', () => {
  it('is presumed until a person says, with evidence; the ledger shows it as a correction', async () => {
    expect((await world.ask({ url, by: manager })).json()).toMatchObject({ items: [], presumed: 'property' });
    const kept = (await say(said)).json();
    expect(kept).toMatchObject({
      ...said,
      interruption: null,
      evidenceHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const ledger = await world.ask({ url: '/api/v1/sites/s1/interruptions/x1/ledger', by: manager });
    expect(ledger.json().items.at(-1)).toMatchObject({
      type: 'corrected',
      body: { causes: [{ attribution: 'utility', cause: 'cable dug up', evidenceHash: kept.evidenceHash }] },
    });
    const [audited] = await world.stores.audit.list('s1', { limit: 1 });
    expect(audited).toMatchObject({
      action: 'incident.attribute',
      detail: { evidenceHash: kept.evidenceHash },
    });
  });

  it('needs a reason, evidence and an interruption of that incident', async () => {
    expect((await say({ ...said, evidence: [] })).json()).toMatchObject({ code: 'invalid_request' });
    expect((await say({ ...said, reason: ' ' })).json()).toMatchObject({ code: 'invalid_request' });
    expect((await say({ ...said, interruption: 'x9' })).json()).toMatchObject({
      code: 'unknown_interruption',
    });
    expect((await say(said, url.replace('i1', 'i9'))).json()).toMatchObject({ code: 'unknown_incident' });
  });
});
