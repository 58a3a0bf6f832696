/** What stands for a stored secret; given back, it stays. */
export const SECRET_MASK = '•••';

export interface FormField {
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  readonly required: boolean;
  readonly secret: boolean;
  readonly kind: 'text' | 'number' | 'flag' | 'choice' | 'list' | 'table';
  readonly choices: readonly string[];
  /** For HTML's `pattern`: anchored by itself. */
  readonly pattern: string | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly maxLength: number | null;
  readonly whole: boolean;
  /** What holds while it is left empty. */
  readonly fallback: string | null;
  /** Of a table: what each row has besides its key. */
  readonly columns: readonly FormField[];
}

export interface TableRow {
  key: string;
  cells: Record<string, string>;
}
export type Draft = Record<string, string | boolean | TableRow[]>;

interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly secret?: boolean;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

/** The fields of a form that asks for what a JSON Schema of an object describes. */
export function fieldsOf(schema: unknown): readonly FormField[] {
  const { properties = {}, required = [] } = asSchema(schema);
  return Object.entries(properties).map(([name, of]) => fieldOf(name, of, required.includes(name)));
}

function fieldOf(name: string, schema: Schema, required: boolean): FormField {
  const [row] = Object.entries(schema.patternProperties ?? {});
  return {
    name,
    title: schema.title ?? name,
    description: schema.description ?? null,
    required,
    secret: schema.secret === true,
    kind: kindOf(schema),
    choices: choicesOf(schema),
    pattern: htmlPattern(schema.pattern ?? row?.[0]),
    minimum: schema.minimum ?? null,
    maximum: schema.maximum ?? null,
    maxLength: schema.maxLength ?? null,
    whole: schema.type === 'integer',
    fallback: schema.default === undefined ? null : String(schema.default),
    columns: row === undefined ? [] : fieldsOf(row[1]),
  };
}

/** HTML reads patterns more strictly: a hyphen that means itself is escaped. The server checks in any case. */
function htmlPattern(pattern: string | undefined): string | null {
  if (pattern === undefined) return null;
  const strict = pattern.replaceAll(/(?<!\\)-\]/g, '\\-]');
  try {
    new RegExp(strict, 'v');
    return strict;
  } catch {
    return null;
  }
}

function kindOf(schema: Schema): FormField['kind'] {
  if (choicesOf(schema).length > 0) return 'choice';
  if (schema.type === 'boolean') return 'flag';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.type === 'array') return 'list';
  if (schema.type === 'object') return 'table';
  return 'text';
}

function choicesOf({ anyOf = [], enum: named = [] }: Schema): readonly string[] {
  return [...named, ...anyOf.flatMap((one) => (one.const === undefined ? [] : [one.const]))].map(String);
}

/** What is stored as the form holds it; of a secret nothing is shown. */
export function toDraft(fields: readonly FormField[], settings: Readonly<Record<string, unknown>>): Draft {
  return Object.fromEntries(
    fields.map((field) => {
      const value = settings[field.name];
      if (field.kind === 'flag') return [field.name, value === true];
      if (field.kind === 'table') return [field.name, rowsOf(field, value)];
      return [field.name, field.secret ? '' : textOf(value)];
    }),
  );
}

/** What the form says as settings; what was left empty is left out, a secret left empty stays as stored. */
export function fromDraft(
  fields: readonly FormField[],
  draft: Draft,
  stored: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const field of fields) {
    const { name, kind, secret, required } = field;
    const value = draft[name];
    if (Array.isArray(value)) {
      if (value.length > 0 || required) settings[name] = tableOf(field, value);
    } else if (typeof value === 'boolean') {
      if (value || stored[name] !== undefined) settings[name] = value;
    } else if (value === undefined || value.trim() === '') {
      if (secret && stored[name] !== undefined) settings[name] = SECRET_MASK;
    } else settings[name] = settingOf(kind, value.trim());
  }
  return settings;
}

function settingOf(kind: FormField['kind'], text: string): unknown {
  if (kind === 'number') return Number(text);
  if (kind === 'list') return text.split(/[,，\s]+/).filter(Boolean);
  return text;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function rowsOf({ columns }: FormField, value: unknown): TableRow[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, of]) => ({
    key,
    cells: Object.fromEntries(columns.map(({ name }) => [name, textOf(memberOf(of, name))])),
  }));
}

function tableOf({ columns }: FormField, rows: readonly TableRow[]): Record<string, unknown> {
  return Object.fromEntries(
    rows.map(({ key, cells }) => [
      key.trim(),
      Object.fromEntries(
        columns.flatMap(({ name, kind }) => {
          const text = (cells[name] ?? '').trim();
          return text === '' ? [] : [[name, settingOf(kind, text)]];
        }),
      ),
    ]),
  );
}

function memberOf(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}

function asSchema(schema: unknown): Schema {
  return typeof schema === 'object' && schema !== null ? schema : {};
}
