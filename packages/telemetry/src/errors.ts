/** Every code an error of this package can carry. */
export const telemetryErrorCodes = ["ERR_SEAWORTHY_OPTION"] as const;

/** The codes of errors that `@seaworthy/telemetry` makes. */
export type TelemetryErrorCode = (typeof telemetryErrorCodes)[number];
