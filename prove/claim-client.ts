import { SITE } from './claim-world.ts';

/** Between two tries. */
const PAUSE_MS = 15;
const GIVE_UP_MS = 300_000;
/** Share of requests that are sent twice at once with one key, as an impatient person does. */
const TWICE = 0.2;

export interface ClaimClient {
  contribute(amount: string): Promise<void>;
  /** Takes one incident from submitted claims to booked payments; resolves with what the answers said. */
  settle(incident: string): Promise<{ readonly approved: number; readonly booked: number }>;
  retries(): number;
}

/** Whoever pays, over HTTP: repeats what got no answer, with the same Idempotency-Key. */
export function createClaimClient(
  url: () => string | null,
  headers: Readonly<Record<string, string>>,
  random: () => number,
): ClaimClient {
  let retries = 0;

  async function ask(method: 'GET' | 'POST', path: string, body?: object, key?: string): Promise<Response> {
    for (const began = performance.now(); performance.now() - began < GIVE_UP_MS; ) {
      const base = url();
      const answer = base === null ? null : await send(base, method, path, body, key);
      if (answer !== null && answer.status < 500 && answer.status !== 429) return answer;
      retries += 1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    throw new Error(`no answer to ${method} ${path}`);
  }

  async function send(base: string, method: string, path: string, body?: object, key?: string) {
    const request = () =>
      fetch(`${base}/api/v1/sites/${SITE}/${path}`, {
        method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).then(whole);
    const both = key !== undefined && random() < TWICE ? [request(), request()] : [request()];
    const [first] = await Promise.allSettled(both);
    return first?.status === 'fulfilled' ? first.value : null;
  }

  async function json(method: 'GET' | 'POST', path: string, body?: object, key?: string) {
    const answer = await ask(method, path, body, key);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /** The preview once the settlement has handed in every claim of the incident. */
  async function previewOf(incident: string) {
    for (;;) {
      const answer = await ask('GET', `incidents/${incident}/claims/preview`);
      if (answer.status === 200) {
        const preview = await answer.json();
        if (preview.ordinary.count > 0) return preview;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  return {
    async contribute(amount) {
      const body = { amount: { amount, currency: 'CNY' }, reference: 'proof' };
      await json('POST', 'fund/contributions', body, 'contribution-1');
    },
    async settle(incident) {
      const { ordinary } = await previewOf(incident);
      const approved = await json(
        'POST',
        `incidents/${incident}/claims/approve`,
        { expect: ordinary },
        `approve-${incident}`,
      );
      const wish = { method: 'property-fee-bill', incident };
      const { batch } = await json('POST', 'payouts', wish, `prepare-${incident}`);
      await json('POST', `payouts/${batch}/export`, {}, `export-${incident}`);
      const file = await ask('GET', `payouts/${batch}/file?format=csv`);
      const csv = (await file.text()).replace(/,CNY,,,/g, `,CNY,booked,R-${incident},`);
      const result = { format: 'csv', content_base64: Buffer.from(csv).toString('base64') };
      const booked = await json('POST', `payouts/${batch}/result`, result, `result-${incident}`);
      return { approved: approved.approved, booked: booked.booked };
    },
    retries: () => retries,
  };
}

/** The whole body is read: an answer cut off by a kill is none. */
async function whole(answer: Response): Promise<Response> {
  const body = await answer.arrayBuffer();
  return new Response(body, { status: answer.status });
}
