import { type ProbeServerOptions, resolveProbeServerOptions } from "@seaworthy/http";
import { type StartOptions, seaworthyDefaults } from "./options.ts";

/**
 * The options of the probe server, out of those of the service, checked before anything is opened; `undefined` where
 * none is wanted.
 *
 * @throws `ERR_SEAWORTHY_OPTION`
 */
export function probeServerOptions(options: StartOptions, inKubernetes: boolean): ProbeServerOptions | undefined {
  const { probePort: port = seaworthyDefaults.probePort, probeHost, probePaths, probeThread } = options;
  const { showReasons, preStopPath, preStopToken, stallLimitMs, readinessStallLimitMs } = options;
  const named = {
    host: probeHost,
    paths: probePaths,
    thread: probeThread,
    showReasons,
    preStopPath,
    preStopToken,
    stallLimitMs,
    readinessStallLimitMs,
  };
  const given: ProbeServerOptions = {
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
    onPortInUse: options.onPortInUse ?? (inKubernetes ? "fail" : "fallback"),
    ...(typeof port === "number" && { port }),
  };
  resolveProbeServerOptions(given);
  return port === false ? undefined : given;
}
