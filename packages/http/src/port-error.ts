import { SeaworthyError } from "@seaworthy/lifecycle";
import type { HttpErrorCode } from "./errors.ts";

/** Says what to do when the probe server cannot have its port. */
export function portError(cause: NodeJS.ErrnoException, port: number, host: string | undefined): SeaworthyError {
  const code: HttpErrorCode = "ERR_SEAWORTHY_PROBE_PORT";
  const inUse = cause.code === "EADDRINUSE";
  return new SeaworthyError(
    code,
    {
      expected: `to listen for probes on ${host ?? "all addresses"}, port ${port}`,
      got: inUse ? "a port that another server has (EADDRINUSE)" : cause.message,
      fix: inUse
        ? "Set another probe port here and in the pod's probes, or move the other server. It may be that of a process " +
          "which this one has started, if that serves HTTP under seaworthy/register too: start it without NODE_OPTIONS."
        : "Set a probe host and port that this process may listen on.",
    },
    { cause },
  );
}
