import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type ExtendedError, Server as SocketServer } from 'socket.io';
import { Compile } from 'typebox/compile';
import { Leave, LIVE_PATH, type LiveAnswer, Resume, Watch } from '../../contracts/live.ts';
import type { EventRow } from '../../core/ports/event-log.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import { hasSite, RIGHTS, type Right } from '../access/rights.ts';
import type { Context, Server } from '../context.ts';
import type { Origins } from '../plugins/origins.ts';
import { eventView } from '../views/events.ts';
import { cutOff } from './backlog.ts';
import { createLiveClock } from './live-clock.ts';
import {
  ALLOWANCE,
  deviceRoom,
  hangUp,
  type LiveServer,
  type LiveSocket,
  siteRoom,
  valuesRoom,
} from './outlet.ts';
import { resumeSite } from './resume.ts';
import { createSiteRooms } from './site-rooms.ts';

const MESSAGE_BYTES = 64 * 1024;
const SOCKETS_MAX = 5_000;
const SOCKETS_PER_SESSION = 20;

/** How long the last word may take before the line is cut. */
const GOODBYE_MS = 200;

const isResume = Compile(Resume);
const isWatch = Compile(Watch);
const isLeave = Compile(Leave);
const VALUES_RIGHT: Right = RIGHTS['GET /api/v1/sites/:site/devices'];

/** Boards: one socket, the session of the page, changes of the sites it may see. */
export function createLiveGateway(server: Server, context: Context, origins: Origins): Lifecycle {
  const { log, telemetry, sessions } = context;
  const rooms = createSiteRooms(context, tell);
  let io: LiveServer | null = null;
  let clock: Lifecycle | null = null;

  function tell(site: string, rows: readonly EventRow[]): void {
    for (const row of rows) io?.to(siteRoom(site)).emit('change', eventView(row));
  }

  async function admit(socket: LiveSocket): Promise<void> {
    const cookies = server.parseCookie(socket.request.headers.cookie ?? '');
    const signedIn = await sessions.resume(cookies[context.cookieName]);
    if (signedIn === null) throw refusal('not_signed_in');
    const { idHash } = signedIn.session;
    let same = 0;
    for (const other of io?.of('/').sockets.values() ?? []) {
      if (other.data.signedIn.session.idHash === idHash) same += 1;
    }
    if (same >= SOCKETS_PER_SESSION) throw refusal('too_many_requests');
    Object.assign(socket.data, { signedIn, sites: new Set<string>(), allowance: ALLOWANCE });
  }

  function listen(socket: LiveSocket): void {
    socket.use((_packet, next) => {
      socket.data.allowance -= 1;
      if (socket.data.allowance >= 0) return next();
      telemetry.count('relight_live_ended_total', { reason: 'too_many_messages' });
      socket.disconnect(true);
    });
    socket.on('resume', (request, answer) =>
      handle(answer, async () => {
        if (!isResume.Check(request)) return no('invalid_request');
        if (!maySee(socket, request.site)) return no('unknown_site');
        const seq = await resumeSite(context, rooms, socket, request.site, request.after);
        return seq === null ? no('overloaded') : { ok: true, seq };
      }),
    );
    socket.on('watch', (request, answer) =>
      handle(answer, async () => {
        if (!isWatch.Check(request)) return no('invalid_request');
        if (!maySee(socket, request.site)) return no('unknown_site');
        if (VALUES_RIGHT !== 'open' && !VALUES_RIGHT.includes(socket.data.signedIn.user.role))
          return no('forbidden');
        leaveValues(socket, request.site);
        const { site, devices } = request;
        await socket.join(devices === 'all' ? valuesRoom(site) : devices.map((id) => deviceRoom(site, id)));
        return { ok: true, seq: rooms.get(site)?.feed.seq() ?? 0 };
      }),
    );
    socket.on('leave', (request, answer) =>
      handle(answer, async () => {
        if (!isLeave.Check(request)) return no('invalid_request');
        await socket.leave(siteRoom(request.site));
        leaveValues(socket, request.site);
        socket.data.sites.delete(request.site);
        return { ok: true, seq: 0 };
      }),
    );
  }

  function maySee(socket: LiveSocket, site: string): boolean {
    return hasSite(socket.data.signedIn.user, site) && context.sites.get(site) !== undefined;
  }

  function handle(answer: unknown, work: () => Promise<LiveAnswer>): void {
    work()
      .catch((error: unknown): LiveAnswer => {
        log.error('live request failed', { error });
        telemetry.count('relight_api_faults_total', { route: 'live' });
        return no('internal');
      })
      .then((result) => {
        if (typeof answer === 'function') answer(result);
      });
  }

  return {
    async start() {
      const started: LiveServer = new SocketServer(server.server, {
        path: LIVE_PATH,
        serveClient: false,
        maxHttpBufferSize: MESSAGE_BYTES,
        pingInterval: 10_000,
        pingTimeout: 10_000,
        connectTimeout: 10_000,
        allowRequest: (request, answer) => answer(null, allows(request)),
      });
      io = started;
      started.use((socket, next) => {
        admit(socket).then(
          () => next(),
          (error: unknown) => next(asRefusal(error)),
        );
      });
      started.on('connection', listen);
      clock = createLiveClock(context, started, rooms);
      await clock.start();
    },
    async stop() {
      const leaving = [...(io?.of('/').sockets.values() ?? [])];
      for (const socket of leaving) hangUp(socket, 'server_stopping');
      await clock?.stop();
      if (leaving.length > 0) await wait(GOODBYE_MS);
      for (const socket of leaving) cutOff(socket);
      io?.engine.close();
      io = null;
    },
  };

  function allows(request: IncomingMessage): boolean {
    const full = (io?.engine.clientsCount ?? 0) >= SOCKETS_MAX;
    return !full && origins.allows(request.headers.origin, request.headers.host);
  }

  function asRefusal(error: unknown): ExtendedError {
    if (error instanceof Error && 'data' in error) return error;
    log.error('live connection failed', { error });
    return refusal('store_unavailable');
  }
}

function no(code: string): LiveAnswer {
  return { ok: false, code };
}

/** What the client sees in `connect_error`. */
function refusal(code: string): ExtendedError {
  return Object.assign(new Error(code), { data: { code } });
}

function leaveValues(socket: LiveSocket, site: string): void {
  for (const room of socket.rooms) {
    if (room === valuesRoom(site) || room.startsWith(deviceRoom(site, ''))) void socket.leave(room);
  }
}
