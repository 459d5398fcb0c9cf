import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { createHealth } from "@seaworthy/health";
import { createLifecycle, systemClock as clock } from "@seaworthy/lifecycle";
import { observeContainer } from "../../src/metrics/container.ts";
import { observeDrain } from "../../src/metrics/drain.ts";
import { observeHealth } from "../../src/metrics/health.ts";
import { observePhase } from "../../src/metrics/phase.ts";
import { observeProcess } from "../../src/metrics/process.ts";
import { observeRuntime } from "../../src/metrics/runtime.ts";
import { metricsRoute } from "../../src/prometheus/metrics-route.ts";
import { createScrapeReader } from "../../src/prometheus/scrape-reader.ts";

// Observes all there is, answers a scrape, and has nothing more to do.
const reader = createScrapeReader({ clock });
const meter = new MeterProvider({ readers: [reader] }).getMeter("fixture");
const lifecycle = createLifecycle();
observeRuntime({ meter, clock });
observeProcess({ meter, clock });
observeContainer({ meter });
observePhase({ meter, lifecycle });
observeHealth({ meter, health: createHealth(lifecycle) });
observeDrain({ meter, lifecycle });
const { status } = await metricsRoute(reader, { tell: () => {} })({ method: "GET", headers: {} });
process.stdout.write(status === 200 ? "observed\n" : `${status}\n`);
