import type { ComplianceView, PlanView } from '../../contracts/http/planned.ts';
import { complianceOf, type PlanMessage } from '../../core/planned/compliance.ts';
import type { PlannedOutage } from '../../core/planned/outage.ts';
import { type Instant, toIso } from '../../core/units/time.ts';

/** Without who was told: that is the deliveries' to show. */
export function planView(plan: PlannedOutage): PlanView {
  const { id, nodes, work, note, from, to, state, announcedAt, exemption, told, history } = plan;
  return {
    id,
    nodes: [...nodes],
    work,
    note,
    from: toIso(from),
    to: toIso(to),
    state,
    announcedAt: toIso(announcedAt),
    exemption:
      exemption === null
        ? null
        : { ...exemption, at: toIso(exemption.at), missed_h: [...exemption.missed_h] },
    told: Object.keys(told).length,
    history: history.map((entry) => ({ ...entry, at: toIso(entry.at) })),
  };
}

export function complianceView(
  plan: PlannedOutage,
  premises: readonly string[],
  messages: readonly PlanMessage[],
  now: Instant,
): ComplianceView {
  const each = complianceOf(plan, premises, messages, now);
  const count = (hours: number, kept: string) =>
    each.filter(({ periods }) => periods.some((one) => one.hours === hours && one.kept === kept)).length;
  return {
    exempted: plan.exemption !== null,
    totals: plan.rules.required_h.map((hours) => ({
      hours,
      due: toIso(plan.from - hours * 3_600_000),
      kept: count(hours, 'kept'),
      open: count(hours, 'open'),
      late: count(hours, 'late'),
      missing: count(hours, 'missing'),
    })),
    premises: each.map((one) => ({
      premises: one.premises,
      periods: one.periods.map(({ due, noticeAt, ...period }) => ({
        ...period,
        due: toIso(due),
        noticeAt: noticeAt === null ? null : toIso(noticeAt),
      })),
    })),
  };
}
