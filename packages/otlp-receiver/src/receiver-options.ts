import { type Clock, optionError, systemClock } from "@seaworthy/lifecycle";

/** How to start a receiver. */
export interface ReceiverOptions {
  /** Default 4318, the port of OTLP over HTTP; 0 takes a free one. */
  readonly port?: number;
  /** Default `127.0.0.1`: whoever can reach it can send. */
  readonly host?: string;
  /** How many spans, metrics, log records and requests are kept, of each; older ones are forgotten. Default 100,000. */
  readonly keep?: number;
  /** The largest body, also after decompression. Default 20 MiB, as OTLP recommends. */
  readonly maxBodyBytes?: number;
  /** Default: the process's own. */
  readonly clock?: Clock;
}

/** The default of every option that is not a clock. */
export const otlpReceiverDefaults: Readonly<Required<Omit<ReceiverOptions, "clock">>> = {
  port: 4318,
  host: "127.0.0.1",
  keep: 100_000,
  maxBodyBytes: 20 * 1024 * 1024,
};

/** Options with nothing left open. */
export type ResolvedReceiverOptions = Required<ReceiverOptions>;

/** @throws `ERR_SEAWORTHY_OPTION` */
export function resolveReceiverOptions(options: ReceiverOptions): ResolvedReceiverOptions {
  const resolved = { ...otlpReceiverDefaults, clock: systemClock, ...options };
  assertInteger("port", resolved.port, 0, 65_535, "Pass a port, or 0 for a free one.");
  assertInteger("keep", resolved.keep, 1, Number.MAX_SAFE_INTEGER, "Pass how many of each to keep.");
  assertInteger("maxBodyBytes", resolved.maxBodyBytes, 1, Number.MAX_SAFE_INTEGER, "Pass a number of bytes.");
  return resolved;
}

function assertInteger(option: string, value: number, least: number, most: number, fix: string): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  throw optionError(option, `an integer ${range}`, value, fix);
}
