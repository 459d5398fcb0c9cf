import { type SlowLink, slowLink } from "../drain/latency.ts";
import type { Scope } from "../harness/scope.ts";
import type { Endpoint, EndpointSlice } from "./endpoint-slice.ts";

/** Gives a service one address: each new connection goes to some endpoint and stays there. */
export const proxy = (scope: Scope, slice: EndpointSlice, latencyMs: number): Promise<SlowLink> =>
  slowLink(scope, latencyMs, () => choose(slice.heard())?.port);

/**
 * One that is ready; where there is none, one that still serves although it is terminating (KEP-1669,
 * `pkg/proxy/topology.go`, CategorizeEndpoints); where there is none of these, the connection is refused.
 */
export function choose(endpoints: readonly Endpoint[]): Endpoint | undefined {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const usable = ready.length > 0 ? ready : endpoints.filter(({ serving, terminating }) => serving && terminating);
  return usable[Math.floor(Math.random() * usable.length)];
}
