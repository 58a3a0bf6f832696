import type { SendOutcome } from '../../../core/ports/channel.ts';
import type { ApiAnswer } from './client.ts';

/** The provider's codes for what will never be accepted as it is; "API error codes" of its SMS documentation. */
const REFUSALS: Readonly<Record<string, string>> = {
  'isv.MOBILE_NUMBER_ILLEGAL': 'bad_number',
  'isv.MOBILE_COUNT_OVER_LIMIT': 'bad_number',
  'isv.SMS_TEMPLATE_ILLEGAL': 'bad_template',
  'isv.SMS_SIGNATURE_ILLEGAL': 'bad_sign_name',
  'isv.SMS_SIGN_ILLEGAL': 'bad_sign_name',
  'isv.SMS_SIGNATURE_SCENE_ILLEGAL': 'bad_sign_name',
  'isv.INVALID_PARAMETERS': 'bad_parameters',
  'isv.INVALID_JSON_PARAM': 'bad_parameters',
  'isv.TEMPLATE_MISSING_PARAMETERS': 'bad_parameters',
  'isv.TEMPLATE_PARAMS_ILLEGAL': 'bad_parameters',
  'isv.PARAM_LENGTH_LIMIT': 'bad_parameters',
  'isv.PARAM_NOT_SUPPORT_URL': 'bad_parameters',
  'isv.BLACK_KEY_CONTROL_LIMIT': 'forbidden_words',
  'isv.SMS_CONTENT_ILLEGAL': 'forbidden_words',
  // The recipient stands on the platform's list of those who told it to stop.
  'isv.BLACKLIST_PHONE_NUMBER': 'opted_out',
  'isv.DAY_LIMIT_CONTROL': 'daily_limit',
};

/** Money, rights and keys of the account: the message is still owed once somebody has mended them. */
const ACCOUNT = new Set([
  'isv.AMOUNT_NOT_ENOUGH',
  'isv.OUT_OF_SERVICE',
  'isv.ACCOUNT_NOT_EXISTS',
  'isv.ACCOUNT_ABNORMAL',
  'isv.PRODUCT_UNSUBSCRIBE',
  'isv.PRODUCT_UN_SUBSCRIPT',
  'isp.RAM_PERMISSION_DENY',
  'SignatureDoesNotMatch',
  'InvalidAccessKeyId.NotFound',
  'InvalidAccessKeyId.Inactive',
  'Forbidden.RAM',
]);
const ACCOUNT_RETRY_MS = 60_000;

/** The provider's own limits a recipient and a minute. */
const LATER: Readonly<Record<string, number>> = {
  'isv.BUSINESS_LIMIT_CONTROL': 60_000,
  'Throttling.User': 1_000,
  Throttling: 1_000,
};

/** What an answer other than `OK` means for the message. */
export function outcomeOfAnswer({ status, code }: ApiAnswer): Exclude<SendOutcome, { outcome: 'accepted' }> {
  // Without the provider's words: they may repeat the number.
  const detail = `HTTP ${status}, ${code ?? 'no code'}`;
  if (code === null) {
    return status >= 500 || status < 400
      ? { outcome: 'unknown', code: 'bad_answer', detail }
      : { outcome: 'later', code: 'account', detail, after_ms: ACCOUNT_RETRY_MS };
  }
  const wait = LATER[code];
  if (wait !== undefined) return { outcome: 'later', code: 'rate_limited', detail, after_ms: wait };
  if (ACCOUNT.has(code)) return { outcome: 'later', code: 'account', detail, after_ms: ACCOUNT_RETRY_MS };
  if (code === 'isp.SYSTEM_ERROR' || code === 'ServiceUnavailable' || status >= 500) {
    return { outcome: 'later', code: 'server_error', detail };
  }
  return { outcome: 'refused', code: REFUSALS[code] ?? `aliyun_${code}`.slice(0, 64), detail };
}
