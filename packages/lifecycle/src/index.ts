// One life
export { createLifecycle, type Lifecycle } from "./lifecycle.ts";
export { lifecycleDefaults, type LifecycleOptions, type ResolvedLifecycleOptions } from "./options.ts";
export type { Phase } from "./phase.ts";
export type { Door, DrainWindowOptions } from "./drain-window.ts";
export type { PreStopOptions, WithoutStop } from "./pre-stop.ts";
export type { Deadline } from "./deadline.ts";

// What registers with it
export type { Hook, HookContext, HookKind, HookOptions, HookOutcome, HookRecord } from "./hooks.ts";
export type { StartupContext, StartupTask } from "./startup.ts";
export type { CountedSource, InFlight, Work, WorkRecord, WorkSource } from "./in-flight.ts";

// How it ends
export { type FatalOrigin, type StopReason, describeReason, messageOf } from "./reason.ts";
export { type Report, type StopStep, describeReport } from "./report.ts";

// The process
export { version } from "./version.ts";
export { type BindOptions, bindDefaults, bindProcess, processLifecycle } from "./bind-process.ts";

// What it tells
export { type LifecycleEvents, type Notice, type NoticeCode, type Publish, lifecycleChannels } from "./channels.ts";

// What the packages above build with
export { type Clock, systemClock } from "./clock.ts";
export { type Listeners, createListeners } from "./listeners.ts";
export { settledOrAborted, whenAborted } from "./until.ts";
export {
  type ErrorParts,
  type LifecycleErrorCode,
  SeaworthyError,
  assertFunction,
  assertName,
  describe,
  lifecycleErrorCodes,
  optionError,
} from "./errors.ts";
