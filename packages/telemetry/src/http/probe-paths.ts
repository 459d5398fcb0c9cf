import { subscribe, unsubscribe } from "node:diagnostics_channel";

/**
 * Where a probe is told of, synchronously within its handling, with the request as `request`. The name is part of the
 * contract with what answers probes.
 */
const probeChannel = "seaworthy.http.probe";

/** As many paths of one server as are remembered: three probes, with a check's own path here and there. */
const limit = 100;

/** Where probes have been answered. */
export interface ProbePaths extends Disposable {
  has(server: object, path: string): boolean;
  add(server: object, path: string): void;
}

/** Hears of each probe that is answered on this thread, and remembers where. */
export function watchProbes(onProbe: (request: object) => void): ProbePaths {
  const known = new WeakMap<object, Set<string>>();
  const onMessage = (message: unknown): void => {
    const { request } = message as { request?: unknown };
    if (typeof request === "object" && request !== null) onProbe(request);
  };
  subscribe(probeChannel, onMessage);
  return {
    has: (server, path) => known.get(server)?.has(path) ?? false,
    add(server, path) {
      const paths = known.get(server) ?? new Set();
      if (paths.size < limit) known.set(server, paths.add(path));
    },
    [Symbol.dispose]: () => unsubscribe(probeChannel, onMessage),
  };
}
