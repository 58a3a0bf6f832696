/** `****5678`: enough to recognise an account one knows. */
export function maskedAccount(number: string): string {
  return `****${number.slice(-4)}`;
}
