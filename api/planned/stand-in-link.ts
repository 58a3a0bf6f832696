/** As long as a person's own link; what a message costs depends on its length. */
export const STAND_IN_LINK = `/o/${'0'.repeat(34)}`;
