import { expect, test } from 'vitest';
import { extraAccess, siteAccess } from '../../broker/topic-access.ts';
import { coversFilter, matchesFilter } from '../../broker/topic-filter.ts';
import { brokerSite } from '../support/broker-world.ts';

const site = siteAccess(brokerSite(), 64);

test.each([
  ['m1', 'relight/s1/m1/telemetry', 'intake'],
  ['m1', 'relight/s1/m1/event', 'intake'],
  ['m1', 'relight/s1/m1/status', 'intake'],
  ['m1', 'relight/s1/m1/history', 'intake'],
  ['m1', 'relight/s1/m1/command', 'unknown_topic'],
  ['m1', 'relight/s1/m1', 'unknown_topic'],
  ['m1', 'relight/s1/m1/telemetry/more', 'unknown_topic'],
  ['m1', 'relight/s1/m2/telemetry', 'not_yours'],
  ['m1', 'relight/s1/g1/status', 'not_yours'],
  ['m1', 'relight/s1/nobody/telemetry', 'unknown_device'],
  ['m1', 'relight/s2/m1/telemetry', 'not_yours'],
  ['m1', 'relight-internal/events', 'not_yours'],
  ['m1', '$SYS/x/heartbeat', 'not_yours'],
  ['m1', 'shellies/em3-1/emeter/0/power', 'not_yours'],
  ['m1', `relight/s1/m1/telemetry${'x'.repeat(64)}`, 'topic_too_long'],
  ['m2', 'relight/s1/m2/telemetry', 'intake'],
  ['m2', 'relight/s1/m3/telemetry', 'not_yours'],
  ['g1', 'relight/s1/g1/status', 'intake'],
  ['g1', 'relight/s1/m2/telemetry', 'intake'],
  ['g1', 'relight/s1/m4/telemetry', 'intake'],
  ['g1', 'relight/s1/m1/telemetry', 'not_yours'],
  ['g1', 'relight/s1/g2/status', 'not_yours'],
  ['g2', 'relight/s1/m4/telemetry', 'intake'],
  ['g2', 'relight/s1/m2/telemetry', 'not_yours'],
  ['m3', 'shellies/em3-1/emeter/0/power', 'intake'],
  ['g1', 'shellies/em3-1', 'intake'],
  ['m3', 'shellies/em3-10/emeter/0/power', 'not_yours'],
])('%s publishing on %s is %s', (id, topic, verdict) => {
  expect(site.of(id)?.mayPublish(topic)).toBe(verdict);
});

test.each([
  ['m1', 'relight/s1/m1/command', true],
  ['m1', 'relight/s1/m2/command', false],
  ['m1', 'relight/s1/m1/telemetry', false],
  ['m1', 'relight/s1/+/command', false],
  ['m1', '#', false],
  ['m1', 'relight/s1/m1/#', false],
  ['g1', 'relight/s1/m2/command', true],
  ['g1', 'relight/s1/m1/command', false],
  ['g2', 'relight/s1/m2/command', false],
])('%s subscribing to %s is %s', (id, filter, allowed) => {
  expect(site.of(id)?.maySubscribe(filter)).toBe(allowed);
});

test('an id that is neither device nor gateway has no access', () => {
  expect(site.of('U')).toBeNull();
});

test('a ring of gateways ends', () => {
  const ring = brokerSite();
  const looped = {
    ...ring,
    gateways: ring.gateways.map((gateway) => ({ ...gateway, via: gateway.id === 'g1' ? 'g2' : 'g1' })),
  };
  expect(siteAccess(looped, 64).of('g2')?.mayPublish('relight/s1/m2/telemetry')).toBe('intake');
});

test('a program of the house keeps to its filters, and its private topics are not evidence', () => {
  const rights = extraAccess(
    {
      username: 'sim',
      sha256: '',
      publish: ['relight-simulator/s1/#'],
      subscribe: ['relight-simulator/s1/#'],
    },
    256,
  );
  expect(rights.mayPublish('relight-simulator/s1/truth')).toBe('relay');
  expect(rights.mayPublish('relight-simulator/s2/truth')).toBe('not_yours');
  expect(rights.maySubscribe('relight-simulator/s1/+/x')).toBe(true);
  expect(rights.maySubscribe('relight-simulator/#')).toBe(false);
});

test.each([
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['a/+', 'a/b', true],
  ['a/+', 'a', false],
  ['a/+', 'a/', true],
  ['+/b', '/b', true],
  ['#', '$SYS/x', false],
  ['+/x', '$SYS/x', false],
  ['$SYS/#', '$SYS/x', true],
  ['a/b', 'a/b/c', false],
])('filter %s against topic %s is %s', (filter, topic, matches) => {
  expect(matchesFilter(filter, topic)).toBe(matches);
});

test.each([
  ['a/#', 'a/+/c', true],
  ['a/#', '#', false],
  ['a/+', 'a/+', true],
  ['a/+', 'a/#', false],
  ['a/b', 'a/+', false],
])('filter %s covering %s is %s', (outer, inner, covers) => {
  expect(coversFilter(outer, inner)).toBe(covers);
});
