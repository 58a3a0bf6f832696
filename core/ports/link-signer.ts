/** Makes and checks the signature of links in messages. */
export interface LinkSigner {
  /** 128 bits, base64url. */
  sign(text: string): string;
  /** In time that does not depend on where the two differ. */
  verify(text: string, signature: string): boolean;
}
