import { createHash, randomBytes } from 'node:crypto';
import { BY, type SiteDeps } from './import-site.ts';

export type IssueOutcome =
  | { readonly ok: true; readonly secrets: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly unknownSite: string };

/** A secret for every gateway and MQTT device of the site that has none; those that have one keep it. */
export async function issueCredentials(
  id: string,
  { stores, clock }: Omit<SiteDeps, 'profiles'>,
): Promise<IssueOutcome> {
  const stored = await stores.sites.get(id);
  if (stored === null) return { ok: false, unknownSite: id };
  const { gateways, devices } = stored.site;
  // Modbus devices are asked by us and sign in nowhere.
  const clients = [...gateways, ...devices.filter(({ address }) => !address?.startsWith('modbus://'))];
  const secrets: Record<string, string> = {};
  for (const client of clients) {
    if ((await stores.credentials.hashOf(id, client.id)) !== null) continue;
    const secret = newSecret();
    await stores.credentials.set(id, client.id, sha256(secret), clock.now());
    secrets[client.id] = secret;
  }
  const detail = { issued: Object.keys(secrets).length };
  await stores.audit.append({
    site: id,
    at: clock.now(),
    by: BY,
    action: 'credential.set',
    subject: id,
    detail,
  });
  return { ok: true, secrets };
}

export function isIssueOutcome(value: unknown): value is IssueOutcome {
  return typeof value === 'object' && value !== null && 'ok' in value;
}

/** 192 bits. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

export function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
