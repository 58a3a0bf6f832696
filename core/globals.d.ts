/** The host types core mentions; every host (Node, browsers) provides the real things. */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** UTF-8 to text; pure. */
interface TextDecoder {
  decode(input: Uint8Array): string;
}
declare var TextDecoder: {
  prototype: TextDecoder;
  new (label?: string, options?: { fatal?: boolean }): TextDecoder;
};
