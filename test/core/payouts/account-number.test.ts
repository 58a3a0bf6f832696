import { describe, expect, it } from 'vitest';
import { doubtIn } from '../../../core/payouts/account-number.ts';

describe('an account number', () => {
  it.each([
    '4111 1111 1111 1111',
    '5555555555554444',
    'GB82 WEST 1234 5698 7654 32',
    'DE89370400440532013000',
  ])('%s keeps to its check digit', (number) => expect(doubtIn(number)).toBeNull());

  it('with one digit mistyped, or two neighbours in the other order, is in doubt', () => {
    const card = '4111111111111111';
    for (let place = 0; place < card.length; place += 1) {
      const wrong = `${card.slice(0, place)}${(Number(card[place]) + 1) % 10}${card.slice(place + 1)}`;
      expect(doubtIn(wrong), wrong).toBe('card_check_digit');
    }
    expect(doubtIn('DE98370400440532013000')).toBe('iban_check_digits');
    expect(doubtIn('DE89370400440532031000')).toBe('iban_check_digits');
  });

  it('of a form without a check digit is not judged', () => {
    for (const number of ['123456', '123456789012345', '12345678901234567890', 'AB12'])
      expect(doubtIn(number), number).toBeNull();
  });
});
