import type { Instant } from '../../../core/units/time.ts';
import { type AliyunAccount, callApi } from './client.ts';

const PAGE = 50;
/** Carriers let 50 a day through to one number. */
const PAGES = 4;
/** The provider's days and clock times are those of Beijing, all year. */
const BEIJING_MS = 8 * 3_600_000;

export interface SentDetail {
  readonly outId: string;
  readonly at: Instant;
}

/** What one number was sent since an instant, by the provider's own record; it keeps 30 days. Rejects when it cannot be asked. */
export async function sentDetails(
  account: AliyunAccount,
  phone: string,
  since: Instant,
): Promise<readonly SentDetail[]> {
  const days = new Set([dayOf(since), dayOf(account.clock.now())]);
  const found: SentDetail[] = [];
  for (const day of days) {
    for (let page = 1; page <= PAGES; page += 1) {
      const entries = await pageOf(account, phone, day, page);
      found.push(...entries.flatMap(read));
      if (entries.length < PAGE) break;
    }
  }
  // Its instants are cut to the second.
  return found.filter(({ at }) => at >= since - 1_000);
}

async function pageOf(account: AliyunAccount, phone: string, day: string, page: number): Promise<unknown[]> {
  const query = { PhoneNumber: phone, SendDate: day, PageSize: String(PAGE), CurrentPage: String(page) };
  const answer = await callApi(account, 'QuerySendDetails', query, AbortSignal.timeout(account.timeout_ms));
  if (answer.code !== 'OK') throw new Error(`HTTP ${answer.status}, ${answer.code ?? 'no code'}`);
  const list: unknown = answer.body.SmsSendDetailDTOs;
  if (typeof list !== 'object' || list === null || !('SmsSendDetailDTO' in list)) return [];
  return Array.isArray(list.SmsSendDetailDTO) ? list.SmsSendDetailDTO : [];
}

function read(entry: unknown): SentDetail[] {
  if (typeof entry !== 'object' || entry === null || !('OutId' in entry) || !('SendDate' in entry)) return [];
  const at = Date.parse(`${String(entry.SendDate).replace(' ', 'T')}+08:00`);
  return Number.isNaN(at) ? [] : [{ outId: String(entry.OutId), at }];
}

function dayOf(at: Instant): string {
  return new Date(at + BEIJING_MS).toISOString().slice(0, 10).replaceAll('-', '');
}
