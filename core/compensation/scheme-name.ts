/** How a site calls a scheme: by its id, later revisions with their number: `four-hours`, `four-hours.2`. */
export function schemeName(id: string, revision: number): string {
  return revision === 1 ? id : `${id}.${revision}`;
}

/** Reads {@link schemeName} back. */
export function revisionOf(name: string): { readonly id: string; readonly revision: number } {
  const [, id, revision] = /^(.+)\.([2-9]|[1-9]\d+)$/.exec(name) ?? [];
  return id === undefined ? { id: name, revision: 1 } : { id, revision: Number(revision) };
}
