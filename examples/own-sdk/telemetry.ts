// Imported with --import, before the application: instrumentations see what is loaded after them.

import { register as registerLoader } from "node:module";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { ExpressInstrumentation, ExpressLayerType } from "@opentelemetry/instrumentation-express";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { register, supportsSyncHooks } from "import-in-the-middle/register-hooks.mjs";

// The instrumentation of Express does not see an `import` of it by itself.
const express = { include: ["express"] };
if (supportsSyncHooks()) register(express);
else registerLoader("import-in-the-middle/hook.mjs", import.meta.url, { data: express });

/** Prometheus asks the application itself: see `/metrics` in server.ts. */
export const prometheus = new PrometheusExporter({ preventServerStart: true });

/** Handed to `start()`, which starts it, and shuts it down last. */
export const sdk = new NodeSDK({
  serviceName: "stock",
  // To OTEL_EXPORTER_OTLP_ENDPOINT, as http/json.
  traceExporter: new OTLPTraceExporter(),
  metricReaders: [prometheus],
  logRecordProcessors: [],
  instrumentations: [
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url }) => url === "/metrics" }),
    new ExpressInstrumentation({ ignoreLayersType: Object.values(ExpressLayerType) }),
  ],
});
