import type { OnCallView, StaffView } from '../../../contracts/http/staff.ts';
import { ApiError, request } from '../api/request.ts';
import { session } from './session.svelte.ts';

const REFRESH_MS = 60_000;

/** Who works here and who has duty now. */
export interface Crew {
  readonly members: readonly StaffView[];
  readonly onCall: OnCallView | null;
  /** `forbidden`: this role is not shown the staff. */
  readonly state: 'loading' | 'ready' | 'failed' | 'forbidden';
  /** The signed-in person's own entry in the list of staff. */
  readonly own: StaffView | null;
  nameOf(id: string): string;
  follow(): () => void;
}

export function createCrew(site: string): Crew {
  let members = $state.raw<readonly StaffView[]>([]);
  let onCall = $state.raw<OnCallView | null>(null);
  let state = $state<'loading' | 'ready' | 'failed' | 'forbidden'>('loading');
  let followers = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const base = `/sites/${encodeURIComponent(site)}`;

  async function load(): Promise<void> {
    if (document.hidden && state === 'ready') return;
    try {
      const [staff, duty] = await Promise.all([
        request<{ items: StaffView[] }>(`${base}/staff`),
        request<OnCallView>(`${base}/roster/on-call`),
      ]);
      members = staff.items;
      onCall = duty;
      state = 'ready';
    } catch (error) {
      state = error instanceof ApiError && error.status === 403 ? 'forbidden' : 'failed';
    }
  }

  return {
    get members() {
      return members;
    },
    get onCall() {
      return onCall;
    },
    get state() {
      return state;
    },
    get own() {
      return members.find(({ account, active }) => active && account === session.user?.id) ?? null;
    },
    nameOf(id) {
      return members.find((member) => member.id === id)?.name ?? id;
    },
    follow() {
      followers += 1;
      void load();
      timer ??= setInterval(() => void load(), REFRESH_MS);
      return () => {
        followers -= 1;
        if (followers > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
