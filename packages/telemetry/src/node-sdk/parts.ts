import type { Span } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";

/** What holds an exporter, in the classes of the SDK. */
export interface ExporterHolder {
  _exporter?: { export(batch: never, done: (result: ExportResult) => void): void };
}

/** A processor of spans, whoever wrote it. */
export interface SpanPart extends ExporterHolder {
  onEnd(span: object): void;
}

/** A processor of log records, whoever wrote it. */
export interface LogPart extends ExporterHolder {
  onEmit(record: object, context: object): void;
}

/** What a started SDK is made of, as far as it lets itself be seen. */
export interface SdkParts {
  readonly spans: readonly SpanPart[];
  readonly logs: readonly LogPart[];
  readonly readers: readonly ExporterHolder[];
  readonly instrumentations: readonly Instrumentation[];
}

/** An instrumentation, as far as it is spoken to. */
export interface Instrumentation {
  readonly instrumentationName?: string;
  getConfig?(): object;
  setConfig?(config: object): void;
  isEnabled?(): boolean;
  enable?(): void;
  disable?(): void;
  _closeHttpSpan?(span: Span, ...rest: readonly unknown[]): void;
}

/**
 * Looks into a `NodeSDK` of the 0.30x line. None of it is documented and all of it may be missing: what is not found is
 * not counted, and that is said.
 */
export function partsOf(sdk: object): SdkParts {
  return {
    spans: listAt(sdk, ["_tracerProvider", "_activeSpanProcessor", "_spanProcessors"]).filter(isSpanPart),
    logs: listAt(sdk, ["_loggerProvider", "_sharedState", "processors"]).filter(isLogPart),
    readers: listAt(sdk, ["_meterProvider", "_sharedState", "metricCollectors"])
      .map((collector) => at(collector, "_metricReader"))
      .filter((reader): reader is ExporterHolder => reader !== undefined),
    instrumentations: listAt(sdk, ["_instrumentations"]),
  };
}

/**
 * The providers of an SDK, of which it has none before it was started; `undefined` where it does not show them.
 */
export function providersOf(sdk: object): readonly object[] | undefined {
  const names = ["_tracerProvider", "_meterProvider", "_loggerProvider"];
  if (!names.every((name) => name in sdk)) return undefined;
  return names.map((name) => at(sdk, name)).filter((one): one is object => typeof one === "object" && one !== null);
}

function listAt(from: object, path: readonly string[]): readonly object[] {
  const found = path.reduce<unknown>(at, from);
  return Array.isArray(found) ? found.filter((part): part is object => typeof part === "object" && part !== null) : [];
}

const at = (from: unknown, key: string): unknown =>
  typeof from === "object" && from !== null ? (from as Record<string, unknown>)[key] : undefined;

const isSpanPart = (part: object): part is SpanPart => typeof at(part, "onEnd") === "function";
const isLogPart = (part: object): part is LogPart => typeof at(part, "onEmit") === "function";
