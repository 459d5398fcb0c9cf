// `npm start`: the orders service, and what it has around it on a laptop: a payment service, and a receiver that prints
// the telemetry of both. The service stops first, so that all of its telemetry still arrives.

import { openReceiver } from "./receiver.ts";
import { firstLineOf, run } from "./run.ts";

/** Who waits in front of a terminal finds the intervals of production long. */
const impatient = {
  OTEL_BSP_SCHEDULE_DELAY: "500",
  OTEL_BLRP_SCHEDULE_DELAY: "500",
  OTEL_METRIC_EXPORT_INTERVAL: "2000",
};

const receiver = await openReceiver(process.env);
const env = { ...impatient, ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint };

// Without a line of ours, and quiet: what it has to say here is its part of a trace.
const payments = run(
  "payment-service.ts",
  {
    ...env,
    NODE_OPTIONS: "--import seaworthy/register",
    OTEL_SERVICE_NAME: "payments",
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    SEAWORTHY_LOG: "off",
    SEAWORTHY_PROBE_PORT: "off",
  },
  "pipe",
);
let service = payments;
for (const osSignal of ["SIGINT", "SIGTERM"] as const) process.on(osSignal, () => service.kill(osSignal));

const [paymentsUrl] = /http:\S+/.exec(await firstLineOf(payments)) ?? [];
if (paymentsUrl !== undefined) {
  service = run("../server.ts", { ...env, PAYMENTS_URL: paymentsUrl });
  process.exitCode = await service.ended;
  payments.kill("SIGINT");
}
await payments.ended;
await receiver[Symbol.asyncDispose]();
