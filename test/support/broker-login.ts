/** Address and login of a test broker, which one URL names together. */
export function brokerLogin(text: string): {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
} {
  const { protocol, host, username, password } = new URL(text);
  const url = `${protocol}//${host}`;
  return username === ''
    ? { url }
    : { url, username: decodeURIComponent(username), password: decodeURIComponent(password) };
}
