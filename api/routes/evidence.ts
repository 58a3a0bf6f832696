import { hoursOf } from '../../contracts/evidence-window.ts';
import { SiteParams } from '../../contracts/http/common.ts';
import {
  type EvidencePage,
  EvidencePage as EvidencePageSchema,
  EvidenceQuery,
} from '../../contracts/http/evidence.ts';
import { toIso } from '../../core/units/time.ts';
import { type Context, instantOf, type Server, siteOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Refused } from '../errors.ts';
import { availableSpan, type EvidenceSpan, spanOfIncident } from '../evidence/span.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The last instant a date can name. */
const LAST_MS = 8.64e15;
/** A page ends at the first full hour after so many lines. */
const LINES = 2_000;

export function evidenceRoutes(app: Server, context: Context): void {
  const { stores, bus, clock } = context;

  app.get(
    '/sites/:site/evidence',
    {
      config: { errors: ['unknown_incident', 'invalid_cursor', 'invalid_range', 'no_evidence'] },
      schema: {
        tags: ['evidence'],
        summary: 'What detection saw, as events that can be replayed with the site file',
        params: SiteParams,
        querystring: EvidenceQuery,
        response: { 200: EvidencePageSchema },
      },
    },
    async ({ params, query }) => {
      const part = query.cursor === undefined ? await firstPart(params.site, query) : partOf(query.cursor);
      return page(params.site, part);
    },
  );

  async function asked(site: string, { incident, from, to }: EvidenceQuery): Promise<EvidenceSpan> {
    const now = clock.now();
    if (incident !== undefined) {
      const found = await stores.incidents.get(site, incident);
      if (found === null) throw new Refused('unknown_incident');
      return spanOfIncident(found, now);
    }
    const until = to === undefined ? now : instantOf(to, '/querystring/to');
    const span = { from: from === undefined ? until - DAY_MS : instantOf(from, '/querystring/from'), until };
    if (span.from >= span.until) throw new Refused('invalid_range');
    return span;
  }

  async function firstPart(site: string, query: EvidenceQuery): Promise<Part> {
    const span = await availableSpan(
      { evidence: stores.evidence, bus, clock },
      site,
      await asked(site, query),
    );
    if (span === null) throw new Refused('no_evidence');
    return { ...span, at: span.from, goingOn: false };
  }

  async function page(site: string, part: Part): Promise<EvidencePage> {
    const { from, until, at, goingOn } = part;
    const items: EvidencePage['items'] = [];
    let next: string | null = null;
    for await (const { hour, events } of hoursOf(stores.evidence, site, { from: at, to: until, goingOn })) {
      for (const event of events) items.push(event);
      if (items.length < LINES) continue;
      if (hour + HOUR_MS <= until) next = encodeCursor([from, until, hour + HOUR_MS]);
      break;
    }
    return {
      from: toIso(from),
      until: toIso(until),
      siteSavedAt: toIso(siteOf(context, site).savedAt),
      items,
      next,
    };
  }
}

interface Part extends EvidenceSpan {
  /** Where this page begins. */
  readonly at: number;
  readonly goingOn: boolean;
}

function partOf(cursor: string): Part {
  const [from, until, at] = decodeCursor(cursor, ['number', 'number', 'number']);
  if (!(0 <= from && from <= at && at <= until && until <= LAST_MS)) throw new Refused('invalid_cursor');
  return { from, until, at, goingOn: true };
}
