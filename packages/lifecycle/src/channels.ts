import { channel } from "node:diagnostics_channel";
import type { HookRecord } from "./hooks.ts";
import type { Phase } from "./phase.ts";
import type { FatalOrigin, StopReason } from "./reason.ts";
import type { Report } from "./report.ts";

/** The names of the `node:diagnostics_channel` channels on which a life tells what happens to it. */
export const lifecycleChannels = {
  phase: "seaworthy.lifecycle.phase",
  hook: "seaworthy.lifecycle.hook",
  fatal: "seaworthy.lifecycle.fatal",
  notice: "seaworthy.lifecycle.notice",
  report: "seaworthy.lifecycle.report",
} as const;

/** What each channel carries. Every payload also says which life it speaks of. */
export interface LifecycleEvents {
  /** The phase moved. `reason` is there from `draining` on. */
  readonly phase: { readonly from: Phase; readonly to: Phase; readonly reason?: StopReason };
  /** A hook ended. */
  readonly hook: HookRecord;
  /** A fatal error was caught. */
  readonly fatal: { readonly error: unknown; readonly origin: FatalOrigin };
  /** Something an operator should know, said once. */
  readonly notice: Notice;
  /** A stop ended. */
  readonly report: { readonly report: Report };
}

/** Something an operator should know that is no failure. */
export interface Notice {
  /** Which thing, in kebab case: a {@link NoticeCode}, or one of a package that adds to this life. */
  readonly code: string;
  /** What is so, and what to do about it. */
  readonly message: string;
}

/** The codes of the notices that this package gives. */
export type NoticeCode =
  | "pid"
  | "launcher"
  | "foreign-listener"
  | "duplicate-copy"
  | "too-late"
  | "foreign-exit"
  | "prestop"
  | "prestop-unanswered";

/** Publishes the events of one life, and says whether anyone listens. */
export type Publish = <Name extends keyof LifecycleEvents>(name: Name, event: LifecycleEvents[Name]) => boolean;

const channels = {
  phase: channel(lifecycleChannels.phase),
  hook: channel(lifecycleChannels.hook),
  fatal: channel(lifecycleChannels.fatal),
  notice: channel(lifecycleChannels.notice),
  report: channel(lifecycleChannels.report),
};

/** Makes the {@link Publish} of one life; `life` is asked only when something is published. */
export function createPublish(life: () => object): Publish {
  return (name, event) => {
    const heard = channels[name].hasSubscribers;
    if (heard) channels[name].publish({ lifecycle: life(), ...event });
    return heard;
  };
}
