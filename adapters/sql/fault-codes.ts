/** What the threads of the embedded database report beside SQLite's own codes. */
export const IN_USE = 'RELIGHT_IN_USE';
export const NOT_A_BACKUP = 'RELIGHT_NOT_A_BACKUP';
export const NEWER_BACKUP = 'RELIGHT_NEWER_BACKUP';
export const COPY_EXISTS = 'RELIGHT_COPY_EXISTS';
