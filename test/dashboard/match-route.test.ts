import { describe, expect, it } from 'vitest';
import { matchRoute } from '../../dashboard/src/match-route.ts';

const routes = [
  { pattern: '/s/:site', page: 'board' },
  { pattern: '/s/:site/incidents', page: 'incidents' },
  { pattern: '/s/:site/incidents/:incident', page: 'incident' },
];

describe('a path', () => {
  it('opens the page of its pattern with what the names capture', () => {
    expect(matchRoute(routes, '/s/yunqi')).toEqual({
      pattern: '/s/:site',
      page: 'board',
      params: { site: 'yunqi' },
    });
    expect(matchRoute(routes, '/s/yunqi/incidents/i1')).toEqual({
      pattern: '/s/:site/incidents/:incident',
      page: 'incident',
      params: { site: 'yunqi', incident: 'i1' },
    });
  });

  it('may end in a slash and may hold escaped characters', () => {
    expect(matchRoute(routes, '/s/yunqi/incidents/')?.page).toBe('incidents');
    expect(matchRoute(routes, '/s/a%20b')?.params).toEqual({ site: 'a b' });
  });

  it('opens nothing when it is longer, shorter, unknown or badly escaped', () => {
    for (const path of ['/', '/s', '/s/yunqi/other', '/s/yunqi/incidents/i1/more', '/s/%E0%A4'])
      expect(matchRoute(routes, path), path).toBeNull();
  });
});
