import type { PipelineCounts, PipelineName } from "./pipelines/tally.ts";
import type { MetricsRoute } from "./prometheus/metrics-answer.ts";

/** The telemetry of a service. Disposing takes back what was attached; what is queued is not sent then. */
export interface Telemetry extends Disposable {
  /** Answers `/metrics`; absent where nothing is recorded, or an SDK of the application's own does it. */
  readonly metricsRoute?: MetricsRoute;
  /** What became so far of what was recorded. */
  counts(): Readonly<Partial<Record<PipelineName, PipelineCounts>>>;
}

/** None. */
export const noTelemetry: Telemetry = { counts: () => ({}), [Symbol.dispose]() {} };
