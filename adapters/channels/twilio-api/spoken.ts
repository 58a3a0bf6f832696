/** Twilio takes 4,000 characters of TwiML: the text twice, with room for the marks around it. */
const ESCAPED_CHARACTERS = 1_700;

const LANGUAGES = { 'zh-CN': 'zh-CN', en: 'en-GB' } as const;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** TwiML that reads a body out twice: whoever picks up half asleep has missed the first half of it. */
export function spoken(body: string, language: 'zh-CN' | 'en', voice: string | undefined): string {
  const by = voice === undefined ? '' : ` voice="${escaped(voice)}"`;
  const said = `<Say language="${LANGUAGES[language]}"${by}>${escaped(readable(body))}</Say>`;
  return `<?xml version="1.0" encoding="UTF-8"?><Response><Pause length="1"/>${said}<Pause length="2"/>${said}</Response>`;
}

/** A link cannot be heard. */
function readable(body: string): string {
  return body
    .replace(/https?:\/\/\S+/g, '')
    .replace(/[【】[\]]/g, ' ')
    .replace(/[\p{Cc}\p{Cs}]/gu, ' ')
    .trim();
}

function escaped(text: string): string {
  let out = '';
  for (const character of text) {
    const next = ESCAPES[character] ?? character;
    if (out.length + next.length > ESCAPED_CHARACTERS) break;
    out += next;
  }
  return out;
}
