import { settleOtlp } from "./otlp.ts";
import { type Complain, shown } from "./readers.ts";
import { refusalOf, refusedVariables } from "./refused.ts";
import { type Row, readTable, rowsOf } from "./row.ts";
import type { BatchSettings, FindingLevel, OtelFinding, OtelSettings, OtelVariables } from "./settings.ts";
import { isServiceLink, meantBy } from "./strangers.ts";
import { otelTable } from "./table.ts";

/**
 * Reads the `OTEL_*` variables of the specification into settings with every default in its place. Never throws: what
 * does not read is told, once, and leaves its default. An empty variable is one that is not set.
 */
export function readOtelEnvironment(env: Readonly<Record<string, string | undefined>>): OtelSettings {
  const findings = new Map<string, OtelFinding>();
  const given = new Set<string>();

  const complainOf =
    (variable: string): Complain =>
    (problem, level: FindingLevel = "warn") => {
      const message = `${variable} ${problem}`;
      findings.set(message, { level, variable, message });
    };

  function readRow<Value>({ variable, read, fallback }: Row<Value>): Value {
    const complain = complainOf(variable);
    const value = unquoted(env[variable]?.trim() ?? "", complain);
    if (value === "") return fallback;
    const result = read(value, complain);
    if (result === undefined) return fallback;
    given.add(variable);
    return result;
  }

  const variables = readTable<OtelVariables>(otelTable, readRow);
  const { otlp, batch, metrics, sampler, ...rest } = variables;
  tellSampler(sampler, given, complainOf);
  tellUnread(env, complainOf);
  return {
    ...rest,
    sampler,
    metrics: withinInterval(metrics, given, complainOf),
    batch: {
      spans: withinQueue(batch.spans, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", given, complainOf),
      logs: withinQueue(batch.logs, "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", given, complainOf),
    },
    otlp: {
      traces: settleOtlp("traces", otlp, complainOf),
      metrics: settleOtlp("metrics", otlp, complainOf),
      logs: settleOtlp("logs", otlp, complainOf),
    },
    given,
    findings: [...findings.values()],
  };
}

type ComplainOf = (variable: string) => Complain;

/** Some tools hand on the quotes that a shell would have taken off, such as `docker run --env-file`. */
function unquoted(value: string, complain: Complain): string {
  const [, inner] = /^(?:"(.*)"|'(.*)')$/s.exec(value)?.filter((part) => part !== undefined) ?? [];
  if (inner === undefined) return value;
  complain("has quotes around its value, which are taken off; leave them out where it is set.");
  return inner.trim();
}

function tellSampler({ name }: OtelVariables["sampler"], given: ReadonlySet<string>, complainOf: ComplainOf): void {
  const asksRatio = name.endsWith("traceidratio");
  const hasRatio = given.has("OTEL_TRACES_SAMPLER_ARG");
  if (hasRatio && !asksRatio) {
    complainOf("OTEL_TRACES_SAMPLER_ARG")(
      `has no say with the sampler ${name}; set OTEL_TRACES_SAMPLER to parentbased_traceidratio.`,
    );
  }
  if (!hasRatio && asksRatio) {
    complainOf("OTEL_TRACES_SAMPLER")(
      `is ${name}, and keeps everything; set OTEL_TRACES_SAMPLER_ARG to the part to keep.`,
    );
  }
}

/** The SDK throws at a push that may take longer than the time to the next. */
function withinInterval(
  metrics: OtelVariables["metrics"],
  given: ReadonlySet<string>,
  complainOf: ComplainOf,
): OtelVariables["metrics"] {
  const { intervalMs, timeoutMs } = metrics;
  if (timeoutMs <= intervalMs) return metrics;
  if (given.has("OTEL_METRIC_EXPORT_TIMEOUT")) {
    complainOf("OTEL_METRIC_EXPORT_TIMEOUT")(
      `is longer than the interval, ${intervalMs}, and is cut to it; raise OTEL_METRIC_EXPORT_INTERVAL or lower it.`,
    );
  }
  return { ...metrics, timeoutMs: intervalMs };
}

function withinQueue(
  batch: BatchSettings,
  variable: string,
  given: ReadonlySet<string>,
  complainOf: ComplainOf,
): BatchSettings {
  const { maxQueueSize, maxExportBatchSize } = batch;
  if (maxExportBatchSize <= maxQueueSize) return batch;
  const queue = variable.replace("MAX_EXPORT_BATCH_SIZE", "MAX_QUEUE_SIZE");
  if (given.has(variable)) {
    complainOf(variable)(
      `is more than the queue holds, ${maxQueueSize}, and is cut to that; raise ${queue} or lower it.`,
    );
  }
  return { ...batch, maxExportBatchSize: maxQueueSize };
}

/** Tells of what was set in vain: refused variables, and names that look like a slip of the hand. */
function tellUnread(env: Readonly<Record<string, string | undefined>>, complainOf: ComplainOf): void {
  const honoured = rowsOf(otelTable).map(({ variable }) => variable);
  const known = [
    ...honoured,
    ...refusedVariables.map(({ variable }) => variable).filter((name) => !name.endsWith("_")),
  ];
  for (const [variable, value = ""] of Object.entries(env)) {
    if (!/^otel_/i.test(variable) || value.trim() === "" || isServiceLink(variable, value)) continue;
    if (honoured.includes(variable)) continue;
    const refusal = refusalOf(variable);
    if (refusal) complainOf(variable)(`is set, and not honoured. ${refusal.why}`);
    else {
      const meant = variable.startsWith("OTEL_") ? meantBy(variable, known) : inCapitals(variable, known, env);
      if (meant !== undefined)
        complainOf(shown(variable).slice(1, -1))(`is no variable that counts. Did you mean ${meant}?`);
    }
  }
}

/** The variable that one in small letters would be; Windows has both for one, and then it counts. */
function inCapitals(
  variable: string,
  known: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const name = variable.toUpperCase();
  return known.includes(name) && env[name] === undefined ? name : undefined;
}
