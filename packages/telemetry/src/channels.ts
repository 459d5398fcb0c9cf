import { channel } from "node:diagnostics_channel";

/** The names of the `node:diagnostics_channel` channels on which telemetry tells of itself. */
export const telemetryChannels = {
  notice: "seaworthy.telemetry.notice",
} as const;

/** What a notice is about. */
export type TelemetryNoticeCode =
  | "start"
  | "pipeline"
  | "drop"
  | "environment"
  | "instrumentation"
  | "second-sdk"
  | "resource"
  | "logs"
  | "prometheus"
  | "sdk";

/** Something that an operator should know: one sentence on what is so, and one on what to do. */
export interface TelemetryNotice {
  readonly level: "info" | "warn" | "error";
  readonly code: TelemetryNoticeCode;
  readonly message: string;
}

/** What each channel carries. */
export interface TelemetryEvents {
  readonly notice: TelemetryNotice;
}

/** Tells a notice. Parts are handed it; they never print. */
export type Tell = (notice: TelemetryNotice) => void;

const notices = channel(telemetryChannels.notice);

/** Publishes a notice; nobody has to listen. */
export const tell: Tell = (notice) => {
  if (notices.hasSubscribers) notices.publish(notice);
};
