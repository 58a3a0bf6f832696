import type { TObject } from 'typebox';

/** Stands for a secret in everything that is shown; given back it means the one there was. */
export const MASK = '•••';

type Settings = Readonly<Record<string, unknown>>;

export function maskSecrets(schema: TObject, settings: Settings): Settings {
  const secret = secretsOf(schema);
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, secret.has(name) ? MASK : value]),
  );
}

export function keepSecrets(schema: TObject, given: Settings, before: Settings): Settings {
  const secret = secretsOf(schema);
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      if (!secret.has(name) || value !== MASK) return [[name, value]];
      return before[name] === undefined ? [] : [[name, before[name]]];
    }),
  );
}

function secretsOf(schema: TObject): ReadonlySet<string> {
  const properties: Readonly<Record<string, object>> = schema.properties;
  return new Set(Object.keys(properties).filter((name) => isSecret(properties[name] ?? {})));
}

function isSecret(property: object): boolean {
  return Reflect.get(property, 'secret') === true;
}
