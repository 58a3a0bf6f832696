/** The one host type core's ports mention; hosts provide the real thing. */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}
