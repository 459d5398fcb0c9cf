/** Every code an error of this package can carry. */
export const otlpReceiverErrorCodes = [
  "ERR_SEAWORTHY_OPTION",
  "ERR_SEAWORTHY_RECEIVER_PORT",
  "ERR_SEAWORTHY_RECEIVER_TIMEOUT",
] as const;

/** The codes of errors that `@seaworthy/otlp-receiver` makes. */
export type OtlpReceiverErrorCode = (typeof otlpReceiverErrorCodes)[number];
