/** Every code an error of this package can carry, beside those of the packages it stands on. */
export const seaworthyErrorCodes = [
  "ERR_SEAWORTHY_OPTION",
  "ERR_SEAWORTHY_ENVIRONMENT",
  "ERR_SEAWORTHY_ALREADY_STARTED",
  "ERR_SEAWORTHY_NOT_STARTED",
  "ERR_SEAWORTHY_WORKER_THREAD",
] as const;

/** The codes of errors that `seaworthy` makes itself. */
export type SeaworthyErrorCode = (typeof seaworthyErrorCodes)[number];
