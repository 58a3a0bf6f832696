import type { Static } from 'typebox';
import type { DispatchSettingsBody } from '../../contracts/http/dispatch.ts';
import type { RosterView, StaffView } from '../../contracts/http/staff.ts';
import type { DispatchSettings } from '../../core/dispatch/settings.ts';
import type { StaffMember } from '../../core/dispatch/staff-member.ts';
import type { Roster } from '../../core/roster/roster.ts';
import { maskPhone } from './mask.ts';

/** Colleagues know each other's names; a telephone stays masked. */
export function staffView(member: StaffMember): StaffView {
  const { id, name, phone, language, skills, account, active } = member;
  return {
    id,
    name,
    phone: phone === null ? null : maskPhone(phone),
    language,
    skills: [...skills],
    account,
    active,
  };
}

export function rosterView(roster: Roster, version: number): Static<typeof RosterView> {
  return {
    version,
    roster: {
      shifts: [...roster.shifts],
      crews: roster.crews.map((crew) => ({ ...crew, members: [...crew.members] })),
      anchor: roster.anchor,
      cycle: roster.cycle.map((row) => [...row]),
      holidays: roster.holidays.map((day) => ({ ...day, crews: [...day.crews] })),
      leave: [...roster.leave],
      swaps: [...roster.swaps],
      backups: [...roster.backups],
    },
  };
}

export function settingsView(settings: DispatchSettings): DispatchSettingsBody {
  const rules = (which: keyof DispatchSettings['rules']) => ({
    ...settings.rules[which],
    chain: [...settings.rules[which].chain],
  });
  const skills = Object.entries<readonly string[]>(settings.skills).map(
    ([kind, some]): [string, string[]] => [kind, [...some]],
  );
  return {
    ...settings,
    urgentNodes: [...settings.urgentNodes],
    skills: Object.fromEntries(skills),
    rules: { urgent: rules('urgent'), ordinary: rules('ordinary') },
  };
}
