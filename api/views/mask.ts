/** First character of a name; enough to recognise, not to learn. */
export function maskName(name: string): string {
  const [first] = name.trim();
  return first === undefined ? '*' : `${first}**`;
}

/** `+86138****5678`: as people in China read it back to each other. */
export function maskPhone(phone: string): string {
  return phone.length < 8 ? '****' : `${phone.slice(0, -8)}****${phone.slice(-4)}`;
}

/** First character and host. */
export function maskEmail(email: string): string {
  const [name = '', host = ''] = email.split('@');
  return `${maskName(name)}@${host}`;
}
