import { channel } from "node:diagnostics_channel";
import type { Health, ProbeResult } from "@seaworthy/health";
import type { Lifecycle } from "@seaworthy/lifecycle";
import type { HttpServer } from "./http-server.ts";
import type { ProbeRequest } from "./probe-answer.ts";
import type { Stall } from "./probe-messages.ts";

/** The names of the `node:diagnostics_channel` channels on which the doors tell what passes through them. */
export const httpChannels = {
  probe: "seaworthy.http.probe",
  stall: "seaworthy.http.stall",
  server: "seaworthy.http.server",
} as const;

/** What each channel carries. */
export interface HttpEvents {
  /** A probe was answered on this thread. */
  readonly probe: { readonly health: Health; readonly request: ProbeRequest; readonly result: ProbeResult };
  /** The main thread came round again after a stall that was long enough to fail a probe. */
  readonly stall: { readonly health: Health } & Stall;
  /** A server was found and will be drained. */
  readonly server: { readonly lifecycle: Lifecycle; readonly server: HttpServer; readonly name: string };
}

const channels = {
  probe: channel(httpChannels.probe),
  stall: channel(httpChannels.stall),
  server: channel(httpChannels.server),
};

/** Publishes an event. */
export function publish<Name extends keyof HttpEvents>(name: Name, event: HttpEvents[Name]): void {
  if (channels[name].hasSubscribers) channels[name].publish(event);
}
