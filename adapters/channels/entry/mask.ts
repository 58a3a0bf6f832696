/** `+86138****5678`: enough to recognise a number one knows, not enough to call it. */
export function maskPhone(phone: string): string {
  if (phone.length < 8) return '*'.repeat(phone.length);
  const head = phone.slice(0, Math.max(3, phone.length - 8));
  return `${head}****${phone.slice(-4)}`.slice(0, 24);
}
