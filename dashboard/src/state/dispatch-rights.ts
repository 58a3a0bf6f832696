import type { DispatchView } from '../../../contracts/http/dispatch.ts';
import type { Crew } from './crew.svelte.ts';
import { askedOf, type Move } from './dispatch-facts.ts';
import { session } from './session.svelte.ts';

export const OPERATORS = ['engineer', 'manager', 'admin'] as const;
export const KEEPERS = ['manager', 'admin'] as const;

export function hasRole(roles: readonly string[]): boolean {
  return session.user !== null && roles.includes(session.user.role);
}

/** Whose step it is: the one who was asked, or who accepted. */
export function actorOf(dispatch: DispatchView): string | null {
  return dispatch.state === 'offered' ? askedOf(dispatch) : (dispatch.engineer?.id ?? null);
}

export function isMine(dispatch: DispatchView, crew: Crew): boolean {
  return crew.own !== null && actorOf(dispatch) === crew.own.id;
}

/** Engineers move their own; managers stand in for anybody. Nobody can answer an offer that was not made. */
export function movesFor(dispatch: DispatchView, crew: Crew): readonly Move[] {
  const may = hasRole(KEEPERS) || (hasRole(OPERATORS) && isMine(dispatch, crew));
  if (!may) return [];
  return dispatch.state === 'offered' && askedOf(dispatch) === null ? [] : dispatch.moves;
}
