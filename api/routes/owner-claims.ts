import type { FastifyRequest } from 'fastify';
import { OwnerClaimList, OwnerClaimParams, OwnerClaimView, ReasonBody } from '../../contracts/http/claims.ts';
import { OwnerParams } from '../../contracts/http/owner.ts';
import { createOwnerClaims, type OwnerOf } from '../claims/owner-claims.ts';
import type { Context, Server } from '../context.ts';
import { createOpenLink } from '../owner/open-link.ts';
import { ownerClaimView } from '../views/owner-claims.ts';

const PER_MINUTE = 60;

/** The link in an owner's messages: what is owed for their premises, to apply for it, and to disagree. */
export function ownerClaimRoutes(app: Server, context: Context): void {
  const claims = createOwnerClaims(context);
  const open = createOpenLink(context);

  /** Per link and not per address: a whole compound may stand behind one. */
  const rateLimit = {
    max: PER_MINUTE,
    keyGenerator: (request: FastifyRequest) => {
      return `owner claims ${new URL(request.url, 'http://x').pathname.split('/')[4] ?? ''}`;
    },
  };

  async function ownerOf(token: string, address: string): Promise<OwnerOf> {
    const { site, person } = await open(token, address);
    const premises = person.premises.filter(({ role }) => role === 'owner').map((one) => one.premises);
    return { site, premises: [...new Set(premises)], person: person.id };
  }

  async function viewOf(owner: OwnerOf): Promise<OwnerClaimView[]> {
    const { settings } = await context.stores.money.settings(owner.site);
    const own = await claims.list(owner);
    return own.map((one) => ownerClaimView(one, settings, context.clock.now()));
  }

  app.get(
    '/o/:token/claims',
    {
      config: { errors: ['owner_link_invalid', 'too_many_attempts'], rateLimit },
      schema: {
        tags: ['owner'],
        summary: 'What is owed for the premises of one owner, newest first',
        params: OwnerParams,
        response: { 200: OwnerClaimList },
      },
    },
    async ({ params, ip }) => ({ items: await viewOf(await ownerOf(params.token, ip)), next: null }),
  );

  app.post(
    '/o/:token/claims/:claim/apply',
    {
      config: {
        errors: ['owner_link_invalid', 'too_many_attempts', 'unknown_claim', 'claim_refused'],
        rateLimit,
      },
      schema: {
        tags: ['owner'],
        summary: 'Apply for what is paid on application only',
        params: OwnerClaimParams,
        response: { 200: OwnerClaimView },
      },
    },
    async ({ params, ip }) => {
      const owner = await ownerOf(params.token, ip);
      const { settings } = await context.stores.money.settings(owner.site);
      return ownerClaimView(await claims.apply(owner, params.claim), settings, context.clock.now());
    },
  );

  app.post(
    '/o/:token/claims/:claim/appeal',
    {
      config: {
        errors: ['owner_link_invalid', 'too_many_attempts', 'unknown_claim', 'claim_refused'],
        rateLimit,
      },
      schema: {
        tags: ['owner'],
        summary: 'Appeal against a rejection or an amount, with the reason',
        params: OwnerClaimParams,
        body: ReasonBody,
        response: { 200: OwnerClaimView },
      },
    },
    async ({ params, body, ip }) => {
      const owner = await ownerOf(params.token, ip);
      const { settings } = await context.stores.money.settings(owner.site);
      return ownerClaimView(
        await claims.appeal(owner, params.claim, body.reason),
        settings,
        context.clock.now(),
      );
    },
  );
}
