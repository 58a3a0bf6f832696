import type { Me, SessionReply } from '../../contracts/http/session.ts';
import type { UserView } from '../../contracts/http/users.ts';
import type { User } from '../../core/ports/people.ts';
import { toIso } from '../../core/units/time.ts';
import type { SignedIn } from '../access/sessions.ts';

export function meView(user: User): Me {
  return {
    id: user.id,
    login: user.login,
    name: user.name,
    role: user.role,
    sites: scopeView(user.sites),
    language: user.language,
    theme: user.theme,
  };
}

export function userView(user: User): UserView {
  return { ...meView(user), active: user.active, createdAt: toIso(user.createdAt) };
}

export function sessionView({ session, user }: SignedIn, version: string): SessionReply {
  return { user: meView(user), csrf: session.csrf, expiresAt: toIso(session.expiresAt), version };
}

function scopeView(sites: User['sites']): string[] | 'all' {
  return sites === 'all' ? 'all' : [...sites];
}
