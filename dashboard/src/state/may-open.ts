import { hasRole } from './dispatch-rights.ts';
import { PAGE_ROLES, type Role } from './page-roles.ts';

const PREFIX = '/s/:site/';

/** Who is offered the page of a pattern; null: everybody. */
export function rolesFor(pattern: string): readonly Role[] | null {
  return PAGE_ROLES[pattern.slice(PREFIX.length)] ?? null;
}

export function mayOpen(pattern: string): boolean {
  const roles = rolesFor(pattern);
  return roles === null || hasRole(roles);
}
