import { type DestinationStream, pino } from 'pino';
import type { Logger } from '../../core/ports/logger.ts';
import { scrubFacts, scrubText } from './scrub.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  /** Written on every line: service, instance. */
  readonly base?: Readonly<Record<string, string>>;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** One JSON object a line, time in RFC 3339 UTC. Everything is scrubbed on the way, so a careless caller leaks nothing. */
export function createLogger(options: LogOptions): Logger {
  const lines = pino(
    {
      level: options.level,
      base: options.base ?? {},
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );

  function write(level: 'debug' | 'info' | 'warn' | 'error', message: string, facts?: object): void {
    if (!lines.isLevelEnabled(level)) return;
    // A fact must not stand in for the line's own keys.
    const { level: _level, time: _time, message: _message, ...rest } = scrubFacts({ ...facts });
    lines[level](rest, scrubText(message));
  }

  return {
    debug: (message, facts) => write('debug', message, facts),
    info: (message, facts) => write('info', message, facts),
    warn: (message, facts) => write('warn', message, facts),
    error: (message, facts) => write('error', message, facts),
  };
}
