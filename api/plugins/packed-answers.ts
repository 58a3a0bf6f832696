import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

/** Smaller ones are compressed anew each time: that costs less than remembering them. */
const FROM_BYTES = 64 * 1024;
const KEPT_BYTES = 16 * 1024 * 1024;

const packed = promisify(gzip);

/**
 * A large answer is compressed once for as long as it stays the same: in an outage of thousands every board asks for the
 * same megabyte.
 */
export function registerPackedAnswers(app: FastifyInstance): void {
  const pack = createPacker();

  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < FROM_BYTES || reply.hasHeader('content-encoding'))
      return payload;
    reply.header('vary', [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', '));
    if (!takesGzip(request.headers['accept-encoding'])) return payload;
    const bytes = await pack(payload);
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    return bytes;
  });
}

function createPacker(): (text: string) => Promise<Buffer> {
  /** Oldest use first. */
  const kept = new Map<string, Buffer>();
  const packing = new Map<string, Promise<Buffer>>();
  let size = 0;

  function keep(key: string, bytes: Buffer): void {
    kept.set(key, bytes);
    size += bytes.length;
    for (const [oldest, { length }] of kept) {
      if (size <= KEPT_BYTES) break;
      kept.delete(oldest);
      size -= length;
    }
  }

  return (text) => {
    const key = createHash('sha256').update(text).digest('base64');
    const known = kept.get(key);
    if (known !== undefined) {
      kept.delete(key);
      kept.set(key, known);
      return Promise.resolve(known);
    }
    const soon =
      packing.get(key) ??
      packed(text)
        .then((bytes) => {
          keep(key, bytes);
          return bytes;
        })
        .finally(() => packing.delete(key));
    packing.set(key, soon);
    return soon;
  };
}

function takesGzip(accepted: string | string[] | undefined): boolean {
  return String(accepted ?? '')
    .split(',')
    .some((one) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(one));
}
