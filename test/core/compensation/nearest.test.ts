import { expect, it } from 'vitest';
import { nearest } from '../../../core/compensation/nearest.ts';

it.each([
  ['hom', ['shop', 'home'], 'home'],
  ['HOME', ['home'], 'home'],
  ['hmoe', ['home'], 'home'],
  ['hoxy', ['home'], 'home'],
  // The first of two equally near.
  ['cap', ['tap', 'map'], 'tap'],
])('%s is near one of %j', (written, known, found) => {
  expect(nearest(written, known)).toBe(`; did you mean '${found}'?`);
});

it.each([
  ['hxyz', ['home']],
  ['h', ['home']],
  ['xyzhome', ['home']],
  ['home', []],
])('%s is three letters or more from all of %j', (written, known) => {
  expect(nearest(written, known)).toBe('');
});
