import { afterAll, beforeAll, expect, it } from 'vitest';
import { RIGHTS, type Right } from '../../api/access/rights.ts';
import { ERRORS } from '../../api/errors.ts';
import { type ApiWorld, openApiWorld } from '../support/api-world.ts';

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly requestBody?: unknown;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly security?: readonly Record<string, unknown>[];
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { readonly schema?: unknown }> }
  >;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
}

let world: ApiWorld;
let document: Document;
beforeAll(async () => {
  world = await openApiWorld();
  document = (await world.ask({ url: '/api/v1/openapi.json' })).json();
});
afterAll(() => world.close());

function operationOf(route: string): Operation | undefined {
  const [method = '', path = ''] = route.split(' ');
  return document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
}

it('is an OpenAPI 3.1 document without dangling references', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const text = JSON.stringify(document);
  for (const [, ref] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
    const target = (ref ?? '')
      .slice(2)
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document);
    expect(target, ref).toBeDefined();
  }
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = (operation.parameters ?? [])
        .filter((one) => one.in === 'path')
        .map(({ name }) => name);
      expect(new Set(described), path).toEqual(new Set(named));
    }
  }
});

it('covers each route of the table and nothing else', () => {
  const listed = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(new Set(listed)).toEqual(new Set(Object.keys(RIGHTS)));
});

it.each(Object.entries<Right>(RIGHTS))(
  '%s describes request, answer, problems and who may',
  (route, right) => {
    const operation = operationOf(route);
    expect(operation?.summary).toBeTruthy();
    expect(operation?.tags).toHaveLength(1);
    const responses = operation?.responses ?? {};
    const success = Object.entries(responses).filter(([status]) => status.startsWith('2'));
    expect(success).toHaveLength(1);
    for (const [status, response] of success) {
      const [content] = Object.values(response.content ?? {});
      if (status !== '204') expect(content?.schema).toBeDefined();
    }
    for (const [status, response] of Object.entries(responses)) {
      if (status.startsWith('2')) continue;
      expect(response.content).toHaveProperty(['application/problem+json']);
      for (const code of response.description.split(', ')) {
        expect(ERRORS[code as keyof typeof ERRORS]?.status).toBe(Number(status));
      }
    }
    expect(operation?.security).toEqual(
      right === 'open' ? [] : [route.startsWith('GET') ? { session: [] } : { session: [], csrf: [] }],
    );
  },
);

it('shows its page from this server alone', async () => {
  const page = await world.ask({ url: '/api/docs/' });
  expect(page.statusCode).toBe(200);
  expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
  const script = await world.ask({ url: '/api/docs/static/swagger-ui-bundle.js' });
  expect(script.statusCode).toBe(200);
  const starter = await world.ask({ url: '/api/docs/static/swagger-initializer.js' });
  expect(starter.statusCode).toBe(200);
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
});
