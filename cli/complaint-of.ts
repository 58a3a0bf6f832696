import { BrokerUnreachable } from '../adapters/mqtt/broker-unreachable.ts';
import { RegistryError } from '../adapters/registry/load-directory.ts';
import { JournalError } from '../core/ports/journal.ts';
import { ReadingStoreError } from '../core/ports/reading-store.ts';
import { StoreUnavailable } from '../core/ports/site-store.ts';
import { Complaint } from './complaint.ts';

/** What a person can mend at the keyboard, in their words; anything else is our mistake and keeps its stack. */
export function complaintOf(error: unknown): unknown {
  if (error instanceof Complaint || !(error instanceof Error)) return error;
  const words = wordsOf(error);
  return words === null ? error : new Complaint(words, { cause: error });
}

function wordsOf(error: Error): string | null {
  if (error instanceof StoreUnavailable || error instanceof JournalError) return error.message;
  if (error instanceof ReadingStoreError) return error.message;
  if (error instanceof RegistryError) return error.message;
  if (error instanceof BrokerUnreachable) {
    return `${error.message}. Check that it runs, and MQTT_URL, MQTT_USERNAME and MQTT_PASSWORD`;
  }
  return listenFault(error.cause instanceof Error ? error.cause : error);
}

function listenFault(error: Error): string | null {
  const { code, syscall, port } = factsOf(error);
  if (syscall !== 'listen' && code !== 'EADDRINUSE') return null;
  if (code === 'EADDRINUSE') {
    return `port ${port} is in use: stop what uses it, or set HTTP_PORT or MQTT_PORT to another (0 takes a free one)`;
  }
  if (code === 'EACCES') {
    return `port ${port} is not ours to open: choose one above 1023 with HTTP_PORT or MQTT_PORT`;
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return 'the address to listen on is not one of this machine: change HTTP_HOST or MQTT_HOST';
  }
  return null;
}

function factsOf(error: Error): Readonly<Record<'code' | 'syscall' | 'port', unknown>> {
  return {
    code: Reflect.get(error, 'code'),
    syscall: Reflect.get(error, 'syscall'),
    port: Reflect.get(error, 'port') ?? '?',
  };
}
