import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import { createLoginThrottle } from './access/login-throttle.ts';
import { createPasswords } from './access/passwords.ts';
import { createSessions } from './access/sessions.ts';
import type { Context, Server } from './context.ts';
import type { ApiDeps } from './deps.ts';
import { inlineScriptHashes, registerDashboard } from './plugins/dashboard.ts';
import { registerEntry } from './plugins/entry.ts';
import { registerHealth } from './plugins/health.ts';
import { registerLimits } from './plugins/limits.ts';
import { registerOpenApi } from './plugins/openapi.ts';
import { createOrigins, type Origins } from './plugins/origins.ts';
import { registerProblems, sendProblem } from './plugins/problems.ts';
import { refuseRaw } from './plugins/raw-refusal.ts';
import { registerSecurity } from './plugins/security.ts';
import { amendmentRoutes } from './routes/amendments.ts';
import { attributionRoutes } from './routes/attributions.ts';
import { backTestRoutes } from './routes/back-tests.ts';
import { channelRoutes } from './routes/channels.ts';
import { claimBatchRoutes } from './routes/claim-batches.ts';
import { claimRoutes } from './routes/claims.ts';
import { controlRoutes } from './routes/control.ts';
import { deviceRoutes } from './routes/devices.ts';
import { dispatchLinkRoutes } from './routes/dispatch-links.ts';
import { dispatchPhotoRoutes } from './routes/dispatch-photos.ts';
import { dispatchRoutes } from './routes/dispatches.ts';
import { erasureRoutes } from './routes/erasure.ts';
import { eventRoutes } from './routes/events.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { factRoutes } from './routes/facts.ts';
import { fundRoutes } from './routes/fund.ts';
import { handMessageRoutes } from './routes/hand-messages.ts';
import { hookRoutes } from './routes/hooks.ts';
import { inboxRoutes } from './routes/inbox.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { interruptionRoutes } from './routes/interruptions.ts';
import { messageCapRoutes } from './routes/message-caps.ts';
import { noticeRoutes } from './routes/notices.ts';
import { outlookRoutes } from './routes/outlook.ts';
import { ownerClaimRoutes } from './routes/owner-claims.ts';
import { ownerFeedbackRoutes } from './routes/owner-feedback.ts';
import { ownerPageRoutes } from './routes/owner-page.ts';
import { payoutRoutes } from './routes/payouts.ts';
import { peopleRoutes } from './routes/people.ts';
import { peopleFileRoutes } from './routes/people-files.ts';
import { planChangeRoutes } from './routes/plan-changes.ts';
import { plannedOutageRoutes } from './routes/planned-outages.ts';
import { quarantineRoutes } from './routes/quarantine.ts';
import { schemeRoutes } from './routes/schemes.ts';
import { sessionRoutes } from './routes/session.ts';
import { setupRoutes } from './routes/setup.ts';
import { simulatorRoutes } from './routes/simulator.ts';
import { siteRoutes } from './routes/sites.ts';
import { staffRoutes } from './routes/staff.ts';
import { switchingRoutes } from './routes/switching.ts';
import { trialRoutes } from './routes/trials.ts';
import { userRoutes } from './routes/users.ts';

const BODY_BYTES = 1024 * 1024;
const IDLE_MINUTES = 120;
const REQUEST_TIMEOUT_MS = 30_000;

/** Resources under /api/v1, each a list of routes. */
const RESOURCES = [
  sessionRoutes,
  setupRoutes,
  userRoutes,
  siteRoutes,
  incidentRoutes,
  amendmentRoutes,
  outlookRoutes,
  plannedOutageRoutes,
  planChangeRoutes,
  ownerPageRoutes,
  ownerFeedbackRoutes,
  attributionRoutes,
  factRoutes,
  schemeRoutes,
  backTestRoutes,
  dispatchRoutes,
  dispatchPhotoRoutes,
  dispatchLinkRoutes,
  staffRoutes,
  peopleRoutes,
  channelRoutes,
  messageCapRoutes,
  noticeRoutes,
  inboxRoutes,
  handMessageRoutes,
  peopleFileRoutes,
  erasureRoutes,
  interruptionRoutes,
  ownerClaimRoutes,
  claimRoutes,
  claimBatchRoutes,
  fundRoutes,
  payoutRoutes,
  switchingRoutes,
  deviceRoutes,
  quarantineRoutes,
  eventRoutes,
  evidenceRoutes,
  trialRoutes,
  simulatorRoutes,
];

/** The HTTP side, built but not listening: what `createApi` opens and what tests inject into. */
export async function buildServer(
  deps: ApiDeps,
): Promise<{ readonly server: Server; readonly context: Context; readonly origins: Origins }> {
  const app = fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    trustProxy: typeof deps.trustProxy === 'object' ? [...deps.trustProxy] : deps.trustProxy,
    routerOptions: { maxParamLength: 200 },
    logger: false,
    clientErrorHandler: refuseRaw,
    // An address that cannot be read, before any route or hook.
    frameworkErrors: (_error, _request, reply) => sendProblem(reply, 'not_found'),
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  const context = createContext(deps, () => addressOf(app));
  const origins = createOrigins(deps.publicUrl);

  registerProblems(app, deps.log, deps.telemetry);
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { method: request.method, route, status: `${Math.floor(reply.statusCode / 100)}xx` };
    deps.telemetry.observe('relight_api_request_seconds', reply.elapsedTime / 1000, labels);
  });
  await registerSecurity(app, {
    https: deps.secureCookies,
    inlineScripts: await inlineScriptHashes(deps.dashboardDirectory),
  });
  await registerOpenApi(app, { version: deps.version, cookieName: context.cookieName });
  registerHealth(app, context);
  controlRoutes(app, context);
  await app.register(async (hooks: Server) => hookRoutes(hooks, context));
  await app.register(
    async (api: Server) => {
      api.addHook('onSend', async (_request, reply) => {
        reply.header('cache-control', reply.getHeader('cache-control') ?? 'no-store');
      });
      registerEntry(api, {
        sessions: context.sessions,
        origins,
        sites: deps.sites,
        cookieName: context.cookieName,
      });
      await registerLimits(api, deps.telemetry);
      for (const register of RESOURCES) register(api, context);
    },
    { prefix: '/api/v1' },
  );
  await registerDashboard(app, deps.dashboardDirectory);
  return { server: app, context, origins };
}

function createContext(deps: ApiDeps, listening: () => string): Context {
  const { clock, sessionHours, idleMinutes = IDLE_MINUTES } = deps;
  return {
    ...deps,
    sessions: createSessions({ users: deps.stores.users, clock, sessionHours, idleMinutes }),
    passwords: createPasswords(),
    throttle: createLoginThrottle(clock),
    // Browsers keep a __Host- cookie to this very host and to https.
    cookieName: deps.secureCookies ? '__Host-relight_session' : 'relight_session',
    publicBase: () => deps.publicUrl ?? listening(),
  };
}

export function addressOf(server: Pick<Server, 'server'>): string {
  const address = server.server.address();
  if (typeof address !== 'object' || address === null) return 'http://127.0.0.1';
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const reachable = ['0.0.0.0', '[::]'].includes(host) ? '127.0.0.1' : host;
  return `http://${reachable}:${address.port}`;
}
