import { createRequire } from "node:module";
import type { MeterProvider } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { Destination, OtlpExporters, ProtocolExporters } from "./otlp.ts";
import { temporalityOf } from "./temporality.ts";

/**
 * The exporters of the protocol that is asked for. They are loaded and made for the first export: until then a service
 * that starts has better things to do, and one without a Collector none at all.
 */
export const exportersOnDemand: OtlpExporters = {
  traces: (destination, meterProvider, ear) =>
    onDemand(() => load(destination).traces(destination, meterProvider, ear)),
  logs: (destination, meterProvider, ear) => onDemand(() => load(destination).logs(destination, meterProvider, ear)),
  metrics(destination, options, ear) {
    let meterProvider: MeterProvider | undefined;
    const exporter = onDemand(() => load(destination).metrics(destination, meterProvider, ear));
    return Object.assign(exporter, {
      selectAggregation: options.aggregationPreference,
      selectAggregationTemporality: temporalityOf(options.temporalityPreference),
      setSelfObsMeterProvider: (provider: MeterProvider) => void (meterProvider = provider),
    });
  },
};

/** What exporters of all pipelines have in common. */
interface Exporter<Batch> {
  export(batch: Batch, done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Does what every exporter can do by one that is made when there is something to export. */
function onDemand<Batch>(make: () => Exporter<Batch>): Required<Exporter<Batch>> {
  let made: Exporter<Batch> | undefined;
  return {
    export(batch, done) {
      try {
        made ??= make();
      } catch (error) {
        // Thrown, it would be taken for an item that cannot be encoded.
        const reason = error instanceof Error ? error : new Error(String(error));
        return done({ code: ExportResultCode.FAILED, error: reason });
      }
      made.export(batch, done);
    },
    forceFlush: async () => made?.forceFlush?.(),
    shutdown: async () => made?.shutdown(),
  };
}

const load = ({ protocol }: Destination): ProtocolExporters =>
  (createRequire(import.meta.url)(modules[protocol]) as { readonly exporters: ProtocolExporters }).exporters;

const modules: Readonly<Record<Destination["protocol"], string>> = {
  "http/protobuf": "#exporters/http-protobuf",
  "http/json": "#exporters/http-json",
  grpc: "#exporters/grpc",
};
