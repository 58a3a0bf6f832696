/** Whether an MQTT topic filter matches a topic; `$` topics only where the filter names their first level. */
export function matchesFilter(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && !filter.startsWith('$')) return false;

  const wanted = filter.split('/');
  const given = topic.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= given.length) return false;
    if (level !== '+' && level !== given[index]) return false;
  }
  return wanted.length === given.length;
}

/** Whether everything that `inner` could match, `outer` matches as well. */
export function coversFilter(outer: string, inner: string): boolean {
  const wide = outer.split('/');
  const narrow = inner.split('/');
  for (const [index, level] of wide.entries()) {
    if (level === '#') return true;
    const asked = narrow[index];
    if (asked === undefined || asked === '#') return false;
    if (level === '+' ? false : level !== asked) return false;
  }
  return wide.length === narrow.length;
}

export function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}
