import { optionError } from "@seaworthy/lifecycle";
import type { HttpServer } from "./http-server.ts";

/** Options of `drainServers`. */
export interface DrainServersOptions {
  /** How long idle sockets are still served after the last request of a drain, in milliseconds. Default 250. */
  readonly lingerMs?: number;
  /**
   * How long upgraded sockets and long-lived responses are kept after the drain window, in milliseconds and never beyond
   * the drain budget. Default 5000.
   */
  readonly longLivedMs?: number;
  /** Hears of each server that listens. */
  readonly onServer?: (server: HttpServer) => void;
}

/** The defaults of {@link DrainServersOptions}. */
export const drainDefaults = { lingerMs: 250, longLivedMs: 5_000 } as const;

/** @throws `ERR_SEAWORTHY_OPTION` */
export function resolveDrainOptions(options: DrainServersOptions): { lingerMs: number; longLivedMs: number } {
  return { lingerMs: duration("lingerMs", options), longLivedMs: duration("longLivedMs", options) };
}

function duration(name: keyof typeof drainDefaults, options: DrainServersOptions): number {
  const { [name]: ms = drainDefaults[name] } = options;
  if (typeof ms === "number" && ms >= 0) return ms;
  throw optionError(name, "a number of milliseconds, at least 0", ms, `Leave it out for ${drainDefaults[name]}.`);
}
