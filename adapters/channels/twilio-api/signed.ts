export interface CallbackRequest {
  /** As it stood in the request line, so that the signed characters are kept; '' without one. */
  readonly query: string;
  /** The `X-Twilio-Signature` header. */
  readonly signature: string | undefined;
  /** The form body. */
  readonly form: Readonly<Record<string, string>>;
}

/** Whether Twilio itself calls `address`, the one it was told. */
export async function isSigned(
  authToken: string,
  address: string,
  { query, signature, form }: CallbackRequest,
): Promise<boolean> {
  const { default: twilio } = await import('twilio');
  const url = query === '' ? address : `${address}?${query}`;
  return signature !== undefined && twilio.validateRequest(authToken, signature, url, form);
}
