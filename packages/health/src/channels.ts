import { channel } from "node:diagnostics_channel";
import type { Gate } from "./gates.ts";
import type { CheckStatus } from "./snapshot.ts";

/** The names of the `node:diagnostics_channel` channels on which health tells what it sees. */
export const healthChannels = {
  check: "seaworthy.health.check",
  run: "seaworthy.health.run",
} as const;

/** What each channel carries. Every payload also has the `health` it speaks of. */
export interface HealthEvents {
  /** The status of a check changed. */
  readonly check: {
    readonly name: string;
    readonly gates: readonly Gate[];
    readonly from: CheckStatus;
    readonly to: CheckStatus;
    /** What the check threw, when it fails. */
    readonly error?: unknown;
  };
  /** A check has a new result, whether or not its status changed. */
  readonly run: {
    readonly name: string;
    readonly result: "pass" | "fail";
    readonly durationMs?: number;
    readonly error?: unknown;
  };
}

const channels = { check: channel(healthChannels.check), run: channel(healthChannels.run) };

/** Publishes an event of one health. */
export function publish<Name extends keyof HealthEvents>(health: object, name: Name, event: HealthEvents[Name]): void {
  if (channels[name].hasSubscribers) channels[name].publish({ health, ...event });
}
