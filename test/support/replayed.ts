import { foldEvents, type ReplayResult } from '../../cli/replay/fold.ts';
import type { ReplayEvent } from '../../contracts/replay.ts';
import type { Command } from '../../core/incidents/engine.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';
import native from '../../profiles/native.ts';
import type { FieldEvent } from './field.ts';

export const PROFILES: Profiles = new Map([[native.id, native]]);

const encoder = new TextEncoder();

export type Line =
  | (FieldEvent & { readonly stored?: boolean })
  | { readonly at: Instant; readonly command: Command };

export function toReplay(lines: readonly Line[]): ReplayEvent[] {
  return [...lines]
    .sort((a, b) => a.at - b.at)
    .map((line) =>
      'command' in line
        ? { kind: 'command', at: line.at, command: line.command }
        : {
            kind: 'message',
            at: line.at,
            topic: line.topic,
            payload: encoder.encode(
              typeof line.payload === 'string' ? line.payload : JSON.stringify(line.payload),
            ),
            retain: false,
            stored: line.stored ?? false,
          },
    );
}

export function replayed(site: Site, lines: readonly Line[], until: Instant | null = null): ReplayResult {
  return foldEvents(site, PROFILES, toReplay(lines), until);
}

/** 2026-03-01 at a time of day, UTC. */
export function clock(text: string): Instant {
  return Date.parse(`2026-03-01T${text}${text.includes('.') ? '' : '.000'}Z`);
}
