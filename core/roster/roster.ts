/** One watch of the day. It lasts until the next shift starts, the last one into the next day, so the day has no gap and no overlap. */
export interface Shift {
  readonly id: string;
  readonly name: string;
  /** Wall clock of the site, `HH:MM`. */
  readonly start: string;
}

export interface Crew {
  readonly id: string;
  readonly name: string;
  /** Person ids in the order to call them. */
  readonly members: readonly string[];
}

/** Somebody takes somebody's place in one shift. */
export interface Swap {
  readonly date: string;
  readonly shift: string;
  readonly out: string;
  readonly in: string;
}

/** Local dates, both included; counts for shifts that start on them. */
export interface Leave {
  readonly person: string;
  readonly from: string;
  readonly to: string;
}

/** Crews of a public holiday instead of those of the rotation, one a shift. */
export interface Holiday {
  readonly date: string;
  readonly crews: readonly (string | null)[];
}

/** Who has duty when, all in local dates and wall-clock times of the site. */
export interface Roster {
  /** By ascending start. */
  readonly shifts: readonly Shift[];
  readonly crews: readonly Crew[];
  /** Local date of the first row of the cycle. */
  readonly anchor: string;
  /** A row a day, a crew id (or null) a shift; repeated for ever. */
  readonly cycle: readonly (readonly (string | null)[])[];
  readonly holidays: readonly Holiday[];
  readonly leave: readonly Leave[];
  readonly swaps: readonly Swap[];
  /** Called after the crew, whatever the shift. */
  readonly backups: readonly string[];
}

export const NO_ROSTER: Roster = {
  shifts: [],
  crews: [],
  anchor: '2026-01-01',
  cycle: [],
  holidays: [],
  leave: [],
  swaps: [],
  backups: [],
};
