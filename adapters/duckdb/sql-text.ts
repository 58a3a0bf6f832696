/** A string as a SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A list of files for read_parquet. */
export function fileList(files: readonly string[]): string {
  return `[${files.map(literal).join(', ')}]`;
}
