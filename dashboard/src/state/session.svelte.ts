import type { Me, SessionReply } from '../../../contracts/http/session.ts';
import { ApiError, request, useCsrf, whenSignedOut } from '../api/request.ts';
import { chooseLanguage } from '../i18n/language.svelte.ts';
import { applyTheme } from './theme.svelte.ts';

/** Who sits here; `unknown` until the server has answered once. */
export const session = $state<{
  state: 'unknown' | 'signed_out' | 'signed_in';
  user: Me | null;
  version: string;
}>({
  state: 'unknown',
  user: null,
  version: '',
});

whenSignedOut(signedOut);

export async function loadSession(): Promise<void> {
  try {
    signedIn(await request<SessionReply>('/session'));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    session.state = 'signed_out';
  }
}

export function signedIn(reply: SessionReply): void {
  useCsrf(reply.csrf);
  session.user = reply.user;
  session.version = reply.version;
  session.state = 'signed_in';
  void chooseLanguage(reply.user.language);
  applyTheme(reply.user.theme);
}

export function signedOut(): void {
  session.user = null;
  session.state = 'signed_out';
}
