import { io, type Socket } from 'socket.io-client';
import type { IncidentView } from '../../../contracts/http/incidents.ts';
import type { SiteSummary } from '../../../contracts/http/sites.ts';
import type { ClientToServer, ServerToClient } from '../../../contracts/live.ts';
import { correctClock } from './clock.svelte.ts';
import { countSupply, type Supply } from './supply.ts';

/** One site among all: what is open there, and how many nodes have supply. */
export class PortfolioSite {
  readonly summary: SiteSummary;
  incidents = $state.raw<ReadonlyMap<string, IncidentView>>(new Map());
  supply = $state.raw<ReadonlyMap<string, Supply>>(new Map());
  known = $state(false);
  seq: number | null = null;

  constructor(summary: SiteSummary) {
    this.summary = summary;
  }

  /** Units alone: `states` names every node, incidents only units. */
  get dark(): number {
    const open = [...this.incidents.values()].flatMap(({ affected }) =>
      affected.filter(({ to }) => to === null),
    );
    return new Set(open.map(({ node }) => node)).size;
  }

  get nodes(): Record<'lit' | 'dark' | 'unknown', number> {
    return countSupply(
      [...this.supply.keys()].map((id) => ({ id })),
      this.supply,
    );
  }
}

export interface Portfolio {
  readonly sites: readonly PortfolioSite[];
  readonly connection: 'connecting' | 'live' | 'lost';
  readonly heardAt: number;
  close(): void;
}

/** One connection for all sites, without values: a wall of many sites costs little more than one. */
export function watchPortfolio(summaries: readonly SiteSummary[]): Portfolio {
  const sites = summaries.map((summary) => new PortfolioSite(summary));
  const byId = new Map(sites.map((site) => [site.summary.id, site]));
  let connection = $state<Portfolio['connection']>('connecting');
  let heardAt = $state(0);
  const socket: Socket<ServerToClient, ClientToServer> = io({
    path: '/api/v1/live',
    transports: ['websocket'],
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
  });

  function resume({ summary, seq }: PortfolioSite): void {
    socket.emit('resume', { site: summary.id, after: seq }, () => undefined);
  }
  function heard(): void {
    heardAt = Date.now();
    connection = 'live';
  }

  socket.on('connect', () => sites.forEach(resume));
  socket.on('disconnect', (reason) => {
    connection = 'lost';
    if (reason === 'io server disconnect') socket.connect();
  });
  socket.on('connect_error', () => {
    connection = 'lost';
  });
  socket.on('snapshot', ({ site: id, seq, incidents, states }) => {
    const site = byId.get(id);
    if (site === undefined) return;
    site.seq = seq;
    site.known = true;
    site.incidents = new Map(incidents.map((incident) => [incident.id, incident]));
    site.supply = new Map(states.map(({ node, state, incident }) => [node, { state, incident }]));
    heard();
  });
  socket.on('change', (change) => {
    const site = byId.get(change.site);
    if (site === undefined || (site.seq !== null && change.seq <= site.seq)) return;
    if (site.seq !== null && change.seq > site.seq + 1) return resume(site);
    site.seq = change.seq;
    if (change.type === 'incident')
      site.incidents = withIncident(site.incidents, change.body as IncidentView);
    heard();
  });
  socket.on('state', ({ site: id, states }) => {
    const site = byId.get(id);
    if (site === undefined) return;
    const next = new Map(site.supply);
    for (const { node, state, incident } of states) next.set(node, { state, incident });
    site.supply = next;
    heard();
  });
  socket.on('heartbeat', ({ at, seq }) => {
    correctClock(Date.parse(at));
    for (const site of sites) {
      const known = seq[site.summary.id];
      if (known !== undefined && site.seq !== null && known > site.seq) resume(site);
    }
    heard();
  });

  return {
    sites,
    get connection() {
      return connection;
    },
    get heardAt() {
      return heardAt;
    },
    close: () => socket.close(),
  };
}

function withIncident(
  incidents: ReadonlyMap<string, IncidentView>,
  incident: IncidentView,
): ReadonlyMap<string, IncidentView> {
  const next = new Map(incidents);
  const open = incident.closedAt === null && incident.state !== 'merged' && incident.state !== 'retracted';
  if (open) next.set(incident.id, incident);
  else next.delete(incident.id);
  return next;
}
