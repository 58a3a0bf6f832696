import { quantileOf } from '../figures.ts';
import { COURSE_KINDS } from './course.ts';
import type { Score } from './score.ts';

/** Many scores as one row. */
export interface Tally {
  readonly courses: number;
  readonly faults: number;
  readonly traceless: number;
  readonly recall: number;
  readonly precision: number;
  readonly rightRoot: number;
  /** Share of listed unit-incidents that were never dark in that time. */
  readonly wronglyListed: number;
  readonly missedUnits: number;
  readonly phantoms: number;
  readonly outagesOnCommunication: number;
  readonly unknownTold: number;
}

export function tallyOf(scores: readonly Score[]): Tally {
  const sum = (of: (score: Score) => number) => scores.reduce((total, score) => total + of(score), 0);
  const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);
  const listed = sum((score) => score.listed);
  return {
    courses: scores.length,
    faults: sum((score) => score.faults),
    traceless: sum((score) => score.traceless),
    recall: share(
      sum((score) => score.detected),
      sum((score) => score.faults),
    ),
    precision: share(
      sum((score) => score.rightIncidents),
      sum((score) => score.incidents),
    ),
    rightRoot: share(
      sum((score) => score.rightRoot),
      sum((score) => score.faults),
    ),
    wronglyListed: listed === 0 ? 0 : sum((score) => score.wronglyListed) / listed,
    missedUnits: sum((score) => score.missedUnits),
    phantoms: sum((score) => score.phantoms),
    outagesOnCommunication: sum((score) => score.outagesOnCommunication),
    unknownTold: sum((score) => score.unknownTold),
  };
}

const COLUMNS = [
  ...[
    'kind',
    'courses',
    'faults',
    'no trace',
    'recall',
    'right root',
    'precision',
    'wrongly listed',
    'missed',
    'phantom',
  ],
  ...['onset p50/p95', 'restored p50/p95', 'verdict p50/p95/max', 'comm outages', 'told on unknown'],
];

/** One line per kind of course and one for all. */
export function tableOf(scores: readonly Score[]): string {
  const rows = [...COURSE_KINDS, 'all'].flatMap((kind) => {
    const own = kind === 'all' ? scores : scores.filter((score) => score.kind === kind);
    return own.length === 0 ? [] : [rowOf(kind, own)];
  });
  const widths = COLUMNS.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  return [COLUMNS, ...rows]
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rowOf(kind: string, scores: readonly Score[]): string[] {
  const tally = tallyOf(scores);
  const seconds = (values: readonly number[], ...shares: number[]) =>
    values.length === 0
      ? '-'
      : `${shares.map((share) => (quantileOf(values, share) / 1000).toFixed(1)).join('/')} s`;
  return [
    kind,
    String(tally.courses),
    String(tally.faults),
    String(tally.traceless),
    tally.recall.toFixed(4),
    tally.rightRoot.toFixed(4),
    tally.precision.toFixed(4),
    `${(100 * tally.wronglyListed).toFixed(3)} %`,
    String(tally.missedUnits),
    String(tally.phantoms),
    seconds(
      scores.flatMap((score) => score.onsetErrors_ms),
      0.5,
      0.95,
    ),
    seconds(
      scores.flatMap((score) => score.restoreErrors_ms),
      0.5,
      0.95,
    ),
    seconds(
      scores.flatMap((score) => score.verdicts_ms),
      0.5,
      0.95,
      1,
    ),
    String(tally.outagesOnCommunication),
    String(tally.unknownTold),
  ];
}
