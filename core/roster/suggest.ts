export interface Candidate {
  /** Person id. */
  readonly id: string;
  readonly skills: readonly string[];
}

export interface Suggestion {
  readonly engineer: string;
  /** Place in the on-call order, from 1; null: not on call. */
  readonly onCall: number | null;
  /** Dispatches this engineer has in hand. */
  readonly load: number;
  readonly missingSkills: readonly string[];
}

/**
 * Every engineer, the best first: who has the skills, then who is on call, then who has the least in hand, then the order
 * of the roster. The reasons stand in each entry, for the person who decides otherwise.
 */
export function suggestEngineers(
  staff: readonly Candidate[],
  order: readonly string[],
  load: ReadonlyMap<string, number>,
  needed: readonly string[],
): readonly Suggestion[] {
  const place = new Map(order.map((id, i) => [id, i + 1]));
  const all = staff.map(({ id, skills }) => ({
    engineer: id,
    onCall: place.get(id) ?? null,
    load: load.get(id) ?? 0,
    missingSkills: needed.filter((skill) => !skills.includes(skill)),
  }));
  return all.sort(
    (a, b) =>
      a.missingSkills.length - b.missingSkills.length ||
      Number(a.onCall === null) - Number(b.onCall === null) ||
      a.load - b.load ||
      (a.onCall ?? 0) - (b.onCall ?? 0) ||
      (a.engineer < b.engineer ? -1 : 1),
  );
}
