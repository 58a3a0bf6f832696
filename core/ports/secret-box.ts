/** Keeps secrets in a store that others may read. The key is never in that store. */
export interface SecretBox {
  /** `about` names what it belongs to: sealed for one thing it does not open for another. */
  seal(text: string, about: string): string;
  /** Null when it was sealed with another key or for something else, or was changed. */
  open(sealed: string, about: string): string | null;
}
