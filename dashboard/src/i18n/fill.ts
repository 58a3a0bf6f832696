/** Puts parameters into a message: `{n}` their value, `{n:one|many}` the word that fits it. A missing one shows as its name. */
export function fill(message: string, params: Readonly<Record<string, string | number>>): string {
  return message
    .replace(/\{(\w+):([^|}]*)\|([^}]*)\}/g, (_, name: string, one: string, other: string) =>
      String(params[name]) === '1' ? one : other,
    )
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
