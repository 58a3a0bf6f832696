import type { Socket } from 'node:net';
import { ERRORS, type ErrorCode } from '../errors.ts';

/** Answers what is no HTTP request at all, before any route could: headers too large, or not HTTP. */
export function refuseRaw(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code: ErrorCode =
    error.code === 'HPE_HEADER_OVERFLOW' ? 'request_headers_too_large' : 'invalid_request';
  const { status, title } = ERRORS[code];
  const body = JSON.stringify({ type: `urn:relight:error:${code}`, title, status, code });
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
