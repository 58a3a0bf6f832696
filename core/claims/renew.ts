import type { Instant } from '../units/time.ts';
import { advance, isRefused } from './advance.ts';
import { type Assessed, type Claim, type ClaimKey, isSettled } from './claim.ts';
import type { ClaimSettings } from './settings.ts';

/** What an assessment found for one key, and for whom. */
export interface Finding {
  readonly site: string;
  readonly key: ClaimKey;
  readonly customerClass: string;
  readonly assessed: Assessed;
  /** When supply came back; null while it is away. */
  readonly endedAt: Instant | null;
}

const BY = 'settlement';

/**
 * The claims of one key after an assessment: those that changed and those that are new. What was paid stays as it is and
 * the difference becomes a claim of its own; what was decided stays decided until the data under it change.
 *
 * @param known All claims of the key but what appeals won, by ordinal.
 * @param newId Names a claim by its ordinal: the same for the same key, so that a repetition makes no second one.
 */
export function renewClaims(
  known: readonly Claim[],
  finding: Finding,
  settings: ClaimSettings,
  at: Instant,
  newId: (ordinal: number) => string,
): readonly Claim[] {
  const settled_minor = known.filter(isSettled).reduce((sum, one) => sum + one.amount_minor, 0);
  const amount_minor = finding.assessed.total_minor - settled_minor;
  const open = known.find(isOpen);
  if (open === undefined) {
    const last = known.at(-1);
    if (last !== undefined && !hasMoved(last, finding.assessed)) return [];
    return openNext(known, finding, amount_minor, settings, at, newId);
  }
  const renewed = renewOpen(open, finding, amount_minor, settings, at);
  const gone = renewed.some(({ state }) => state === 'reversed');
  return gone && amount_minor < 0
    ? [...renewed, ...openNext(known, finding, amount_minor, settings, at, newId)]
    : renewed;
}

function openNext(
  known: readonly Claim[],
  { key, site, customerClass, assessed, endedAt }: Finding,
  amount_minor: number,
  settings: ClaimSettings,
  at: Instant,
  newId: (ordinal: number) => string,
): readonly Claim[] {
  const unknownYet = assessed.needs.length > 0;
  if (amount_minor === 0 && !unknownYet) return [];
  // While supply is away again, what is too much today may be owed tomorrow.
  if (amount_minor < 0 && endedAt === null) return [];
  const ordinal = known.length + 1;
  const kind = amount_minor < 0 ? 'recourse' : known.some(isSettled) ? 'supplement' : 'first';
  const opened: Claim = {
    ...key,
    ...withoutTotal(assessed),
    id: newId(ordinal),
    site,
    ordinal,
    kind,
    state: 'estimated',
    amount_minor,
    basis_minor: assessed.total_minor,
    customerClass,
    approvals: [],
    submittedBy: null,
    application: known.find(({ application }) => application !== null)?.application ?? null,
    appeal: null,
    payout: null,
    payment: null,
    endedAt,
    decidedAt: null,
    steps: [{ at, by: BY, event: 'open', from: null, to: 'estimated', reason: null, amount_minor }],
    openedAt: at,
  };
  return [forward(opened, settings, at)];
}

/** From assessed on as far as a claim goes by itself. */
export function forward(claim: Claim, settings: ClaimSettings, at: Instant): Claim {
  const assessed = advance(claim, { event: 'assess', by: BY, at }, settings);
  const ready = isRefused(assessed) ? claim : assessed;
  const submitted = advance(ready, { event: 'submit', by: ready.application?.by ?? BY, at }, settings);
  return isRefused(submitted) ? ready : submitted;
}

function renewOpen(
  open: Claim,
  finding: Finding,
  amount_minor: number,
  settings: ClaimSettings,
  at: Instant,
): readonly Claim[] {
  const { assessed, endedAt } = finding;
  const same =
    open.amount_minor === amount_minor &&
    open.evidence === assessed.evidence &&
    open.endedAt === endedAt &&
    JSON.stringify(open.needs) === JSON.stringify(assessed.needs);
  if (same) {
    // What it waited for may have come: an application, another setting.
    const moved = forward(open, settings, at);
    return moved === open ? [] : [moved];
  }
  const renewed = advance(
    open,
    { event: 'renew', by: BY, at, assessed, amount_minor, endedAt, reason: 'assessed anew' },
    settings,
  );
  if (isRefused(renewed)) return [];
  const withdrawn = amount_minor <= 0 && assessed.needs.length === 0 && endedAt !== null;
  if (!withdrawn) return [forward(renewed, settings, at)];
  const gone = advance(renewed, { event: 'reverse', by: BY, at, reason: 'nothing owed' }, settings);
  return isRefused(gone) ? [] : [gone];
}

function isOpen(claim: Claim): boolean {
  if (isSettled(claim)) return false;
  return ['estimated', 'assessed', 'submitted', 'approved', 'appealed'].includes(claim.state);
}

/** Whether the data under a decision say something else now. What cannot be worked out says nothing. */
function hasMoved(last: Claim, { needs, total_minor }: Assessed): boolean {
  return needs.length === 0 && last.basis_minor !== total_minor;
}

function withoutTotal({ total_minor: _, ...rest }: Assessed): Omit<Assessed, 'total_minor'> {
  return rest;
}
