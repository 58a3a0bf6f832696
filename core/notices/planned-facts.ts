import type { WorkKind } from '../planned/outage.ts';
import type { Instant } from '../units/time.ts';
import type { Language } from './facts.ts';
import type { PlannedStage } from './notice.ts';

/** All that a message about a planned outage is made of. */
export interface PlannedFacts {
  readonly stage: PlannedStage;
  readonly language: Language;
  readonly revision: number;
  readonly number: string;
  readonly siteName: string;
  readonly timeZone: string;
  readonly phone: string | null;
  readonly simulated: boolean;
  readonly building: string | null;
  readonly premises: readonly string[];
  readonly from: Instant;
  readonly to: Instant;
  readonly work: WorkKind;
  readonly link?: string;
}
