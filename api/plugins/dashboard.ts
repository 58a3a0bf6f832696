import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { Refused } from '../errors.ts';

const DAY_S = 86_400;

/** CSP sources for the inline scripts of index.html, so that exactly those run and nothing injected. */
export async function inlineScriptHashes(directory: string | null): Promise<string[]> {
  if (directory === null) return [];
  const html = await readFile(join(directory, 'index.html'), 'utf8');
  return [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script]) =>
      `'sha256-${createHash('sha256')
        .update(script ?? '')
        .digest('base64')}'`,
  );
}

/** Serves the built pages: hashed assets for ever, the index for every page address, brotli or gzip files where built. */
export async function registerDashboard(app: FastifyInstance, directory: string | null): Promise<void> {
  if (directory !== null) {
    await app.register(fastifyStatic, {
      root: resolve(directory),
      preCompressed: true,
      cacheControl: false,
      index: 'index.html',
      setHeaders: (reply, path) => {
        reply.setHeader('cache-control', cacheRule(path));
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const page = directory !== null && ['GET', 'HEAD'].includes(request.method) && isPage(request.url);
    if (!page) throw new Refused('not_found');
    return reply.sendFile(pageOf(request.url));
  });
}

/** Links in messages open light pages of their own. */
function pageOf(url: string): string {
  if (url.startsWith('/o/')) return 'owner.html';
  return url.startsWith('/d/') ? 'engineer.html' : 'index.html';
}

/** An address a person may have typed or bookmarked; not the API, and no file that is missing. */
function isPage(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return !path.startsWith('/api/') && !path.startsWith('/assets/') && !/\.[a-z0-9]{1,8}$/i.test(path);
}

function cacheRule(path: string): string {
  if (/[/\\]assets[/\\]/.test(path)) return `public, max-age=${365 * DAY_S}, immutable`;
  return /\.html(\.(br|gz))?$/.test(path) ? 'no-cache' : `public, max-age=${DAY_S / 24}`;
}
