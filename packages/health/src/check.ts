/** What a check gets when it runs. */
export interface CheckContext {
  /** The name under which the check was registered. */
  readonly name: string;
  /** Aborts when the check's `timeoutMs` is over, or when the check is disposed or the process stops. */
  readonly signal: AbortSignal;
}

/**
 * A named question about one thing the service needs. It passes by returning (or resolving), whatever the value, and
 * fails by throwing (or rejecting). A check that holds a resource may carry a `Symbol.dispose`, called once when the
 * check is taken away.
 */
export interface Check {
  (context: CheckContext): unknown;
  [Symbol.dispose]?: () => void;
}
