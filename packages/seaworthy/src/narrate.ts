import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type HealthEvents, healthChannels } from "@seaworthy/health";
import { type HttpEvents, httpChannels } from "@seaworthy/http";
import {
  type Lifecycle,
  type LifecycleEvents,
  type NoticeCode,
  describeReason,
  describeReport,
  lifecycleChannels,
  messageOf,
} from "@seaworthy/lifecycle";
import type { TelemetryNotice, telemetryChannels } from "@seaworthy/telemetry";
import type { Level, Logger } from "./log.ts";

/** By its name alone: where telemetry is off, nothing of it is loaded. */
const telemetryNotices: (typeof telemetryChannels)["notice"] = "seaworthy.telemetry.notice";

/** Notices for the record; about the others something should be done. */
const forTheRecord: ReadonlySet<string> = new Set<NoticeCode>(["pid", "prestop"]);

/** Writes one line for each event of a life that matters to whoever reads its log. */
export function narrate(lifecycle: Lifecycle, log: Logger, inKubernetes: boolean): Disposable {
  const startedAt = lifecycle.clock.now();

  const onPhase = ({ to, reason }: LifecycleEvents["phase"]): void => {
    if (to === "started") log.info({ phase: to }, `Started after ${elapsed()}.`);
    if (to === "draining" && reason) {
      log.info({ phase: to, reason: reason.kind }, `Draining: ${describeReason(reason)}.`);
    }
  };
  const elapsed = (): string => `${((lifecycle.clock.now() - startedAt) / 1_000).toFixed(2)} s`;

  const onNotice = ({ code, message }: LifecycleEvents["notice"]): void => {
    const harmless = forTheRecord.has(code) || (code === "launcher" && !inKubernetes);
    const level: Level = harmless ? "info" : "warn";
    log[level]({ notice: code }, message);
  };
  const onFatal = ({ error, origin }: LifecycleEvents["fatal"]): void => {
    log.error({ err: error, origin }, `Fatal (${origin}): ${messageOf(error)}`);
  };
  const onReport = ({ report }: LifecycleEvents["report"]): void => {
    const { reason, hooks, cut, finished, durationMs, exitCode, openHandles } = report;
    const failures = hooks.filter(({ outcome }) => outcome !== "done");
    const fields = { reason: reason.kind, exitCode, durationMs: Math.round(durationMs), finished, cut, failures };
    log[report.clean ? "info" : "error"]({ ...fields, openHandles }, describeReport(report));
  };
  const onStall = ({ ageMs, failed }: HttpEvents["stall"]): void => {
    const times = Object.entries(failed).flatMap(([probe, count]) => (count > 0 ? [`${probe} ${count}`] : []));
    log.warn(
      { ageMs: Math.round(ageMs), failed },
      `The main thread did not come round for ${(ageMs / 1_000).toFixed(1)} s: something blocked it. ` +
        `Probes that failed meanwhile: ${times.join(", ") || "none was asked"}.`,
    );
  };
  const onTelemetry = (message: unknown): void => {
    const { level, code, message: text } = message as TelemetryNotice;
    log[level]({ telemetry: code }, text);
  };
  const onServer = ({ name }: HttpEvents["server"]): void => {
    log.info({ server: name }, `Found ${name}: it will be drained.`);
  };
  const onCheck = ({ name, gates, from, to, error }: HealthEvents["check"]): void => {
    const fields = { check: name, gates, from, to };
    if (to === "fail") {
      log.warn({ ...fields, err: error }, `Check "${name}" fails (${gates.join(", ")}): ${messageOf(error)}`);
    } else if (from === "fail") log.info(fields, `Check "${name}" passes again (${gates.join(", ")}).`);
  };

  const ofThisLife =
    <Event>(listener: (event: Event) => void) =>
    (message: unknown): void => {
      const about = message as { lifecycle?: Lifecycle; health?: { lifecycle: Lifecycle } };
      if ((about.lifecycle ?? about.health?.lifecycle) === lifecycle) listener(message as Event);
    };
  const subscriptions = new Map<string, (message: unknown) => void>([
    [lifecycleChannels.phase, ofThisLife(onPhase)],
    [lifecycleChannels.notice, ofThisLife(onNotice)],
    [lifecycleChannels.fatal, ofThisLife(onFatal)],
    [lifecycleChannels.report, ofThisLife(onReport)],
    [httpChannels.stall, ofThisLife(onStall)],
    [httpChannels.server, ofThisLife(onServer)],
    [healthChannels.check, ofThisLife(onCheck)],
    [telemetryNotices, onTelemetry],
  ]);
  for (const [channel, listener] of subscriptions) subscribe(channel, listener);
  return {
    [Symbol.dispose]() {
      for (const [channel, listener] of subscriptions) unsubscribe(channel, listener);
    },
  };
}
