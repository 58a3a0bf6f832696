/** Who answers for time without supply. `unknown`: a person looked and cannot say, so that what asks for it is refused. */
export const ATTRIBUTIONS = [
  'utility',
  'property',
  'owner',
  'third_party',
  'force_majeure',
  'unknown',
] as const;
export type Attributed = (typeof ATTRIBUTIONS)[number];
