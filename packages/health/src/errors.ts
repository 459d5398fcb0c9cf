/** Every code an error of this package can carry. Closed: a new one is a change of the public surface. */
export const healthErrorCodes = [
  "ERR_SEAWORTHY_OPTION",
  "ERR_SEAWORTHY_DUPLICATE_NAME",
  "ERR_SEAWORTHY_LIVENESS_GATE",
] as const;

/** The codes of errors that `@seaworthy/health` makes. */
export type HealthErrorCode = (typeof healthErrorCodes)[number];
