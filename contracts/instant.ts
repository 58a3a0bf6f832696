export { parseInstant } from '../core/units/parse-instant.ts';
