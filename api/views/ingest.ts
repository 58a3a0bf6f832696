import type { IngestReply } from '../../contracts/http/ingest.ts';
import type { IngestView } from '../../core/ports/ingest-view.ts';
import { toIso } from '../../core/units/time.ts';
import { isoOrNull } from './interruptions.ts';

const ELSEWHERE: IngestReply = {
  running: false,
  accepting: false,
  startedAt: null,
  lastMessageAt: null,
  accepted: 0,
  refused: {},
  journalFull: false,
  readers: [],
  blind: null,
};

export function ingestReply(ingest: IngestView | null): IngestReply {
  if (ingest === null) return ELSEWHERE;
  const status = ingest.status();
  return {
    running: true,
    accepting: status.accepting,
    startedAt: toIso(status.startedAt),
    lastMessageAt: isoOrNull(status.lastMessageAt),
    accepted: status.accepted,
    refused: { ...status.refused },
    journalFull: status.journalFull,
    readers: status.readers.map((reader) => ({ ...reader })),
    blind: status.blind === null ? null : { from: toIso(status.blind.from), to: toIso(status.blind.to) },
  };
}
