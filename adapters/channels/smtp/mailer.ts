import { Readable } from 'node:stream';
import { isLoopback } from './loopback.ts';

export interface MailServer {
  readonly host: string;
  readonly port?: number;
  readonly security?: 'tls' | 'starttls' | 'none';
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  readonly fromName?: string;
  readonly timeout_ms: number;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly messageId?: string;
}

/** Resolves with the id of the message once the server has taken it. */
export type Mailer = (mail: Mail, signal: AbortSignal) => Promise<string>;

/** No reply came. `given`: the server had asked for the text, so it may have taken the message. */
export class NoReply extends Error {
  readonly given: boolean;
  constructor(given: boolean, options?: ErrorOptions) {
    super('no reply in time', options);
    this.name = 'NoReply';
    this.given = given;
  }
}

/** Passwords and messages cross a network only encrypted. */
export class InsecureMail extends Error {
  constructor() {
    super('mail goes unencrypted to this machine only');
    this.name = 'InsecureMail';
  }
}

export function createMailer(server: MailServer): Mailer {
  const { host, port = 465, security = 'tls', user, password, from, fromName, timeout_ms } = server;

  return async (mail, signal) => {
    if (security === 'none' && !isLoopback(host)) throw new InsecureMail();
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      connectionTimeout: timeout_ms,
      greetingTimeout: timeout_ms,
      socketTimeout: timeout_ms,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    });
    let given = false;
    // Read only once the server has said 354: what comes before that is no hand-over.
    function* text(): Generator<string> {
      given = true;
      yield mail.text;
    }
    const aborted = new Promise<never>((_, reject) => {
      const abort = (): void => reject(new NoReply(given));
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
    });
    aborted.catch(() => undefined);
    try {
      const sender = fromName === undefined ? from : { name: fromName, address: from };
      const sending = transport.sendMail({ from: sender, ...mail, text: Readable.from(text()) });
      sending.catch(() => undefined);
      return (await Promise.race([sending, aborted])).messageId;
    } catch (error) {
      if (error instanceof Error && 'responseCode' in error) throw error;
      throw error instanceof NoReply ? error : new NoReply(given, { cause: error });
    } finally {
      transport.close();
    }
  };
}
