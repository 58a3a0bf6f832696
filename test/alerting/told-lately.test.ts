import { expect, it } from 'vitest';
import { createToldLately } from '../../alerting/told-lately.ts';

it('counts different incidents and people, each once, and forgets who was told before', () => {
  const told = createToldLately();
  told.add({ at: 1, incident: 'i1', recipient: 'a' });
  told.add({ at: 2, incident: 'i1', recipient: 'b' });
  told.add({ at: 3, incident: 'i2', recipient: 'a' });
  expect([told.incidentsWith('i1'), told.incidentsWith('i3')]).toEqual([2, 3]);
  expect([told.recipientsWith('a'), told.recipientsWith('c')]).toEqual([2, 3]);
  told.forgetBefore(3);
  expect([told.incidentsWith('i2'), told.incidentsWith('i1')]).toEqual([1, 2]);
  expect([told.recipientsWith('a'), told.recipientsWith('b')]).toEqual([1, 2]);
});
