import type { Logger } from '../../core/ports/logger.ts';

/** For tests in which what is logged is not the promise under test. */
export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {} };
