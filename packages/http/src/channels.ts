import { channel } from "node:diagnostics_channel";
import type { Health, ProbeResult } from "@seaworthy/health";
import type { Lifecycle } from "@seaworthy/lifecycle";
import type { HttpServer } from "./http-server.ts";
import type { ProbeRequest } from "./probe-answer.ts";

/** The names of the `node:diagnostics_channel` channels on which the doors tell what passes through them. */
export const httpChannels = {
  probe: "seaworthy.http.probe",
  server: "seaworthy.http.server",
} as const;

/** What each channel carries. */
export interface HttpEvents {
  /** A probe was answered. */
  readonly probe: { readonly health: Health; readonly request: ProbeRequest; readonly result: ProbeResult };
  /** A server was found and will be drained. */
  readonly server: { readonly lifecycle: Lifecycle; readonly server: HttpServer; readonly name: string };
}

const channels = { probe: channel(httpChannels.probe), server: channel(httpChannels.server) };

/** Publishes an event. */
export function publish<Name extends keyof HttpEvents>(name: Name, event: HttpEvents[Name]): void {
  if (channels[name].hasSubscribers) channels[name].publish(event);
}
