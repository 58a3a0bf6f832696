import { segmentsOf } from '../../../core/notices/segments.ts';
import type { OutgoingMessage } from '../../../core/ports/channel.ts';

interface TemplateSetting {
  readonly code: string;
  readonly parameters?: readonly string[];
}

/** Longest value of a variable that carriers let through. */
const VALUE_CHARACTERS = 35;

export interface FilledTemplate {
  readonly code: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** As our own text would be billed: the registered one is the carrier's, and of about its length. */
  readonly segments: number;
}

/** The most particular template there is for a message; null without any. */
export function templateFor(
  templates: Readonly<Record<string, TemplateSetting>>,
  { template, language, body }: OutgoingMessage,
): FilledTemplate | null {
  const { stage = 'default', audience = 'owner', parameters = {} } = template ?? {};
  const names = [
    `${stage}.${audience}.${language}`,
    `${stage}.${audience}`,
    `${stage}.${language}`,
    stage,
    'default',
  ];
  const found = names.map((name) => templates[name]).find((one) => one !== undefined);
  if (found === undefined) return null;
  const wanted = found.parameters ?? Object.keys(parameters);
  const values = wanted.map((name) => [
    name,
    [...(parameters[name] ?? '')].slice(0, VALUE_CHARACTERS).join(''),
  ]);
  return { code: found.code, parameters: Object.fromEntries(values), segments: segmentsOf(body).segments };
}
