import { type ReadinessWhileDraining, healthDefaults } from "@seaworthy/health";
import {
  type DrainServersOptions,
  type ProbeOptions,
  type ProbeServerOptions,
  drainDefaults,
  probeDefaults,
  probeServerDefaults,
} from "@seaworthy/http";
import { type BindOptions, type LifecycleOptions, bindDefaults, lifecycleDefaults } from "@seaworthy/lifecycle";
import type { TelemetryOptions, UserSdk } from "@seaworthy/telemetry";
import type { Logger } from "./log.ts";

/** What `start` takes. Each option that is a value can also be set by the environment; an option given here wins. */
export interface StartOptions
  extends Omit<LifecycleOptions, "clock">, BindOptions, Omit<DrainServersOptions, "onServer"> {
  /** What the service is called. Default: what package.json or the workload says; `unknown_service:node` without telemetry. */
  readonly name?: string;
  /** The port of the probe server; 0 picks a free one, `false` opens none. Default 9464. */
  readonly probePort?: number | false;
  /** The address of the probe server. Default: all of them, IPv6 and IPv4. */
  readonly probeHost?: string;
  /** Where each probe is asked for, on the probe server and where `probes()` is mounted. */
  readonly probePaths?: NonNullable<ProbeOptions["paths"]>;
  /** Whether the probe server shows why a check fails. Default `false`. */
  readonly showReasons?: boolean;
  /** What to do when the probe port is in use. Default: `fail` in Kubernetes, `fallback` elsewhere. */
  readonly onPortInUse?: NonNullable<ProbeServerOptions["onPortInUse"]>;
  /** Whether probes are answered from a thread of their own, also while the main thread is blocked. Default `true`. */
  readonly probeThread?: boolean;
  /** How long the main thread may be blocked before liveness fails, in milliseconds. Default 30 000. */
  readonly stallLimitMs?: number;
  /** How long it may be blocked before startup and readiness fail, in milliseconds. Default 3 000. */
  readonly readinessStallLimitMs?: number;
  /** Where a preStop hook is sent on the probe port; `false` for nowhere. Default `/prestop`. */
  readonly preStopPath?: string | false;
  /** What a preStop hook has to show (`Authorization: Bearer …`). Default: nothing. */
  readonly preStopToken?: string;
  /** What readiness says while draining, until the listeners close. Default `fail`. */
  readonly readinessWhileDraining?: ReadinessWhileDraining;
  /**
   * When the process is started: once `markStarted()` was called, or once its first server listens. Default `marked`;
   * with `seaworthy/register` alone, `listening`.
   */
  readonly startedWhen?: "marked" | "listening";
  /**
   * Whether traces, metrics and logs are recorded and sent, by the `OTEL_*` variables; or how; or an SDK that you have
   * built yourself, such as a `NodeSDK`, which is then started, flushed last and kept free of probes. Default `true`.
   */
  readonly telemetry?: boolean | TelemetryOptions | UserSdk;
  /** Where events go: a pino-shaped logger, `json` or `text` on stderr, or nowhere. Default: `text` on a terminal, else `json`. */
  readonly log?: Logger | "json" | "text" | false;
}

/** The defaults of {@link StartOptions}; `undefined` where the default depends on the surroundings. */
export const seaworthyDefaults: SeaworthyDefaults = {
  name: undefined,
  gracePeriodMs: lifecycleDefaults.gracePeriodMs,
  exitReserveMs: lifecycleDefaults.exitReserveMs,
  stopTailMs: lifecycleDefaults.stopTailMs,
  fatalBudgetMs: lifecycleDefaults.fatalBudgetMs,
  drainWindow: lifecycleDefaults.drainWindow,
  preStop: lifecycleDefaults.preStop,
  lingerMs: drainDefaults.lingerMs,
  longLivedMs: drainDefaults.longLivedMs,
  osSignals: bindDefaults.osSignals,
  fatalErrors: bindDefaults.fatalErrors,
  probePort: probeServerDefaults.port,
  probeHost: probeServerDefaults.host,
  probePaths: probeDefaults.paths,
  showReasons: probeDefaults.showReasons,
  onPortInUse: undefined,
  probeThread: probeServerDefaults.thread,
  stallLimitMs: probeServerDefaults.stallLimitMs,
  readinessStallLimitMs: probeServerDefaults.readinessStallLimitMs,
  preStopPath: probeDefaults.preStopPath,
  preStopToken: probeDefaults.preStopToken,
  readinessWhileDraining: healthDefaults.readinessWhileDraining,
  startedWhen: "marked",
  telemetry: true,
  log: undefined,
};

type SeaworthyDefaults = { readonly [Option in keyof Required<StartOptions>]: StartOptions[Option] | undefined };
