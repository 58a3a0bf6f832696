import { language } from '../i18n/language.svelte.ts';

interface Words {
  readonly 'zh-CN': string;
  readonly en: string;
}
interface Titled {
  readonly title?: Words;
}

export interface ParameterFile extends Titled {
  readonly type: 'number' | 'choice' | 'flag';
  readonly unit?: string;
  readonly values?: readonly string[];
  readonly default?: string | boolean;
  readonly unverified?: string;
}

export interface RuleFile extends Titled {
  readonly id: string;
  readonly payer?: unknown;
  readonly per?: unknown;
  readonly exclude?: readonly { readonly reason?: string }[];
  readonly require?: readonly { readonly reason?: string }[];
  readonly claim?: { readonly automatic?: unknown };
  readonly round?: { readonly mode?: string; readonly to?: unknown };
  readonly unverified?: string;
}

/** What the pages read of a scheme file; its language is `contracts/scheme.ts`. */
export interface SchemeDetailFile {
  readonly reasons?: Readonly<Record<string, Words>>;
  readonly parameters?: Readonly<Record<string, ParameterFile>>;
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, Titled>>>>;
  readonly versions?: readonly {
    readonly from: string;
    readonly to: string | null;
    readonly rules: readonly RuleFile[];
  }[];
}

export function inWords(words: Words | undefined): string | null {
  return words === undefined ? null : words[language()];
}

export function ruleTitle(file: SchemeDetailFile | null, rule: string): string {
  const known = file?.versions?.flatMap(({ rules }) => rules).find(({ id }) => id === rule);
  return inWords(known?.title) ?? rule;
}

export function reasonText(file: SchemeDetailFile | null, reason: string): string | null {
  return inWords(file?.reasons?.[reason]);
}

/** What the scheme calls a parameter, or an input by its kind and name. */
export function inputTitle(file: SchemeDetailFile | null, name: string): string | null {
  const own = file?.parameters?.[name]?.title;
  if (own !== undefined) return inWords(own);
  for (const kind of Object.values(file?.inputs ?? {})) {
    const title = kind[name]?.title;
    if (title !== undefined) return inWords(title);
  }
  return null;
}

/** `parameters/share`, `premises/area_m2`: what it is called, for people. */
export function pathTitle(file: SchemeDetailFile | null, path: string): string {
  return inputTitle(file, path.split('/').filter(Boolean).at(-1) ?? '') ?? path;
}
