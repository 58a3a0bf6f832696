/** What makes an account number look mistyped; a person decides, for not every bank keeps to a check digit. */
export type NumberDoubt = 'card_check_digit' | 'iban_check_digits';

/** Cards by ISO/IEC 7812-1 (16 to 19 digits), accounts by ISO 13616 (two letters first); of anything else nothing is known. */
export function doubtIn(number: string): NumberDoubt | null {
  const text = number.replaceAll(' ', '');
  if (/^\d{16,19}$/.test(text)) return luhnHolds(text) ? null : 'card_check_digit';
  if (/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text)) return ibanHolds(text) ? null : 'iban_check_digits';
  return null;
}

function luhnHolds(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** The country and its two digits go to the end, letters count from 10; the remainder by 97 is 1. */
function ibanHolds(text: string): boolean {
  const turned = text.slice(4) + text.slice(0, 4);
  const digits = [...turned].map((sign) => String(Number.parseInt(sign, 36))).join('');
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
}
