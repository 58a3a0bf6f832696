import { type Role, routes } from '../routes.ts';
import { hasRole } from './dispatch-rights.ts';

/** Who is offered the page of a pattern; null: everybody. */
export function rolesFor(pattern: string): readonly Role[] | null {
  return routes.find((route) => route.pattern === pattern)?.roles ?? null;
}

export function mayOpen(pattern: string): boolean {
  const roles = rolesFor(pattern);
  return roles === null || hasRole(roles);
}
