import type { User } from '../../core/ports/people.ts';
import type { Stores } from '../../core/ports/stores.ts';

/** What the users among these ids are called; services and owners have no name here. */
export async function namesOf(
  { users }: Pick<Stores, 'users'>,
  ids: readonly (string | null)[],
): Promise<Record<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const found = await Promise.all(wanted.map((id) => users.byId(id)));
  return Object.fromEntries(
    found.filter((user): user is User => user !== null).map(({ id, name }) => [id, name]),
  );
}
