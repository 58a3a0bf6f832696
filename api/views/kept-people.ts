/** A file as it was exported, without people, with those put back whom the stored file knows; what it says of somebody counts. */
export function withKeptPeople(next: unknown, stored: unknown): unknown {
  if (!isRecord(next) || !Array.isArray(next.premises)) return next;
  const known = new Map<unknown, Record<string, unknown>>();
  if (isRecord(stored) && Array.isArray(stored.premises))
    for (const one of stored.premises) if (isRecord(one)) known.set(one.id, one);
  const premises = next.premises.map((one: unknown) => {
    if (!isRecord(one)) return one;
    const before = known.get(one.id);
    return { ...kept('owner', one, before), ...kept('occupant', one, before), ...one };
  });
  return { ...next, premises };
}

function kept(
  role: 'owner' | 'occupant',
  one: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>> | undefined,
): object {
  return role in one || before?.[role] === undefined ? {} : { [role]: before[role] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
