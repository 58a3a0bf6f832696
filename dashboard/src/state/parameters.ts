import type { SchemeDetailFile } from './scheme-file.ts';

/** What a form holds, as the API takes it: flags as such, what was left empty left to its default. */
export function parametersOf(
  file: SchemeDetailFile,
  values: Readonly<Record<string, string>>,
): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, value.trim()] as const)
      .filter(([name, value]) => value !== '' && file.parameters?.[name] !== undefined)
      .map(([name, value]) => [name, file.parameters?.[name]?.type === 'flag' ? value === 'true' : value]),
  );
}

/** The other way round: what a site has chosen, as a form holds it. */
export function formValues(parameters: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
}
