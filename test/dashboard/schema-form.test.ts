import { expect, it } from 'vitest';
import { loadChannels } from '../../cli/parts/load-channels.ts';
import { fieldsOf, fromDraft, SECRET_MASK, toDraft } from '../../dashboard/src/state/schema-form.ts';

const entries = await loadChannels();
/** As it travels. */
const schemaOf = (id: string): unknown => JSON.parse(JSON.stringify(entries.get(id)?.settings));

it('asks for everything a channel’s schema describes, the required and the secret marked', () => {
  const fields = fieldsOf(schemaOf('aliyun'));
  const by = (name: string) => fields.find((field) => field.name === name);
  expect(by('accessKeySecret')).toMatchObject({ secret: true, required: true, kind: 'text' });
  expect(by('templates')).toMatchObject({ kind: 'table', required: true });
  expect(by('templates')?.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ['code', 'text'],
    ['parameters', 'list'],
  ]);
  expect(by('timeout_ms')).toMatchObject({ kind: 'number', whole: true, fallback: '10000', required: false });
  const email = fieldsOf(schemaOf('email'));
  expect(email.find(({ name }) => name === 'security')?.choices).toEqual(['tls', 'starttls', 'none']);
});

it('gives patterns that a browser takes', () => {
  for (const id of entries.keys()) {
    for (const { name, pattern } of fieldsOf(schemaOf(id))) {
      if (pattern === null) continue;
      expect(() => new RegExp(pattern, 'v'), `${id} ${name}`).not.toThrow();
    }
  }
  expect(fieldsOf(schemaOf('email')).find(({ name }) => name === 'host')?.pattern).toContain(':\\-]');
});

it('gives back what was stored, whatever the channel, with the secrets as they are', () => {
  const stored = {
    accessKeyId: 'LTAIexample',
    accessKeySecret: SECRET_MASK,
    signName: '金文',
    templates: { lost: { code: 'SMS_1', parameters: ['where', 'number'] }, default: { code: 'SMS_2' } },
    timeout_ms: 500,
  };
  const fields = fieldsOf(schemaOf('aliyun'));
  const draft = toDraft(fields, stored);
  expect(draft.accessKeySecret).toBe('');
  expect(fromDraft(fields, draft, stored)).toEqual(stored);
  expect(fromDraft(fields, { ...draft, accessKeySecret: 'another one' }, stored)).toMatchObject({
    accessKeySecret: 'another one',
  });
});

it('every kind’s form makes settings that the kind’s own check takes', () => {
  const examples: Readonly<Record<string, Record<string, string>>> = {
    email: { host: 'mail.example', security: 'starttls', from: 'desk@example.com', port: '587' },
    webhook: { url: 'https://example.com/in', secret: 'a secret of sixteen' },
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 't', from: '+15005550006', price: '0.05' },
  };
  for (const [id, filled] of Object.entries(examples)) {
    const fields = fieldsOf(schemaOf(id));
    const settings = fromDraft(fields, { ...toDraft(fields, {}), ...filled }, {});
    expect(entries.get(id)?.check(settings), id).toEqual([]);
  }
});
