import type { Health } from "@seaworthy/health";
import type { DrainedServers, ProbeHandler, ProbeOptions } from "@seaworthy/http";
import type { Lifecycle } from "@seaworthy/lifecycle";
import type { AddressInfo } from "node:net";

/** A running service: its life, its health and its doors. Every method may be taken off the object. */
export interface Service
  extends
    Pick<
      Lifecycle,
      | "phase"
      | "intake"
      | "work"
      | "whenStarted"
      | "whenStopped"
      | "markStarted"
      | "startup"
      | "onDrain"
      | "onStop"
      | "waitUntil"
      | "beginWork"
      | "stop"
    >,
    Pick<Health, "check" | "pushCheck">,
    Pick<DrainedServers, "drain" | "ignore" | "longLived"> {
  /** What the service is called. */
  readonly name: string;
  readonly lifecycle: Lifecycle;
  readonly health: Health;
  /** Where the probe server listens; `undefined` when it was turned off. Never settles when a stop came first. */
  readonly whenProbesListen: Promise<AddressInfo | undefined>;
  /** Makes a handler that answers the probes on a port of the application's own as well. */
  probes(options?: ProbeOptions): ProbeHandler;
}
