/** Every code an error of this package can carry. Closed: a new one is a change of the public surface. */
export const httpErrorCodes = [
  "ERR_SEAWORTHY_OPTION",
  "ERR_SEAWORTHY_PROBE_PORT",
  "ERR_SEAWORTHY_ALREADY_DRAINED",
  "ERR_SEAWORTHY_NO_LIFE",
] as const;

/** The codes of errors that `@seaworthy/http` makes. */
export type HttpErrorCode = (typeof httpErrorCodes)[number];
