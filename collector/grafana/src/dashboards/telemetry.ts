import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { happenings } from "../annotations.ts";
import { dashboardOf } from "../dashboard.ts";
import { identity, instancesIn, selector, servicesIn } from "../identity.ts";
import { curves } from "../panels/curves.ts";
import { figure } from "../panels/figure.ts";
import { goodBelow, goodIfNone } from "../thresholds.ts";
import { collectors, whose } from "../variables.ts";

const services = servicesIn("several")();
const select = instancesIn("several");
const instances = select();
const collector = selector('instance=~"$collector"')();

const ofService = `{{signal}} {{${identity.service}}}`;
const ofQueue = goodBelow(0.5, 0.8);
const noLoss = "None";

/** All of what is lost, in one number: 0, not nothing, where none ever was. */
const all = (...records: readonly string[]): string =>
  records.map((record) => `(sum(${record}) or vector(0))`).join(" + ");

const dropped = `service_signal:otel_sdk_queue_dropped:rate5m${services}`;
const droppedOfLate = `service_signal:otel_sdk_queue_dropped:increase1h${services}`;
const failedOfLate = `service_signal:otel_sdk_export_failed:increase1h${services}`;
const refused = `collector_signal:otelcol_receiver_refused:rate5m${collector}`;
const notSent = `collector_signal:otelcol_exporter_send_failed:rate5m${collector}`;
const noPlace = `collector_signal:otelcol_exporter_enqueue_failed:rate5m${collector}`;
const queue = `collector_exporter:otelcol_exporter_queue:ratio${collector}`;

const ofExports = (kind: "sum" | "count"): string =>
  `sum by (otel_component_type) (rate(otel_sdk_exporter_operation_duration_seconds_${kind}${instances}[$__rate_interval]))`;

/** Whether telemetry arrives: from the services' SDK through the Collector. */
export function telemetryDashboard(): Dashboard {
  return dashboardOf({
    uid: "seaworthy-telemetry",
    title: "Telemetry pipeline",
    description:
      "Whether spans, metrics and log records arrive: what the services send, drop and fail to send, and the same of the Collectors.",
    variables: [...whose("several"), collectors()],
    annotations: happenings("several"),
    rows: [
      {
        title: "Is anything lost?",
        panels: [
          figure({
            title: "Services heard of",
            description:
              "Services of which metrics came in the last minutes. One that is missing is down, or its road is: look at the line telemetry on its verbose probes.",
            unit: "short",
            width: 4,
            queries: [{ expr: `count(count by (${identity.service}) (process_uptime_seconds${instances}))` }],
            runbook: "SeaworthyTelemetryAbsent",
          }),
          figure({
            title: "Dropped by services",
            description:
              "Spans and log records of the last hour that found a full queue and are gone. More is recorded than is sent: look at Queue of services, and at the mean duration of its exports.",
            unit: "short",
            width: 4,
            steps: goodIfNone,
            queries: [{ expr: all(droppedOfLate) }],
            runbook: "SeaworthyTelemetryDropped",
          }),
          figure({
            title: "Failed by services",
            description:
              "Items of the last hour that the Collector did not take, or that did not reach it. Over OTLP they are told of when it is there again. Look at Failed exports for what it said, and at the log of the service, which names the cause once a minute.",
            unit: "short",
            width: 4,
            steps: goodIfNone,
            queries: [{ expr: all(failedOfLate) }],
            runbook: "SeaworthyExportFailing",
          }),
          figure({
            title: "Refused by Collectors",
            description:
              "Items per second that a Collector did not take in, most often as its memory limiter refused. The services try again, and drop when their queues are full: give it memory, or another replica.",
            unit: "cps",
            width: 4,
            steps: goodIfNone,
            queries: [{ expr: all(refused) }],
            runbook: "CollectorRefusing",
          }),
          figure({
            title: "Lost by Collectors",
            description:
              "Items per second that a Collector gave up to send, or had no place for in its queue; some of the latter their senders keep and send again. Look at the back end first, then at the queue.",
            unit: "cps",
            width: 4,
            steps: goodIfNone,
            queries: [{ expr: all(notSent, noPlace) }],
            runbook: "CollectorLosingData",
          }),
          figure({
            title: "Fullest queue",
            description:
              "Of the Collectors: what waits to be sent, of what may wait. Rising means that the back end takes less than comes; at 1 the Collector turns away what comes.",
            unit: "percentunit",
            width: 4,
            steps: ofQueue,
            queries: [{ expr: `max(${queue})` }],
            runbook: "CollectorQueueNearlyFull",
          }),
        ],
      },
      {
        title: "Services",
        panels: [
          curves({
            title: "Exported",
            description: "Spans, data points and log records that exports have ended with, well or not, per second.",
            unit: "cps",
            width: 8,
            queries: [{ expr: `service_signal:otel_sdk_exported:rate5m${services}`, legend: ofService }],
          }),
          curves({
            title: "Failed exports",
            description:
              "The part of those that was not taken. Look at Failed exports by answer for what was said to it.",
            unit: "percentunit",
            width: 8,
            steps: goodBelow(0.01, 0.05),
            softMax: 0.05,
            queries: [{ expr: `service_signal:otel_sdk_export_failed:ratio_rate5m${services}`, legend: ofService }],
            noValue: noLoss,
            runbook: "SeaworthyExportFailing",
          }),
          curves({
            title: "Dropped by a full queue",
            description:
              "Spans and log records that had no place in the queue. Fewer spans by sampling, a longer queue (OTEL_BSP_MAX_QUEUE_SIZE) or a nearer Collector help, in this order.",
            unit: "cps",
            width: 8,
            queries: [{ expr: dropped, legend: ofService }],
            noValue: noLoss,
            runbook: "SeaworthyTelemetryDropped",
          }),
          curves({
            title: "Queue of services",
            description:
              "Spans and log records that wait, of those that may wait, in the fullest instance of each service.",
            unit: "percentunit",
            width: 8,
            steps: ofQueue,
            max: 1,
            queries: [{ expr: `service_signal:otel_sdk_queue:ratio${services}`, legend: ofService }],
            runbook: "SeaworthyTelemetryQueueFull",
          }),
          curves({
            title: "Mean duration of exports",
            description:
              "How long an export took on average, by exporter; the SDK keeps no quantiles of it. Near the timeout of ten seconds exports begin to fail.",
            unit: "s",
            width: 8,
            queries: [{ expr: `${ofExports("sum")} / (${ofExports("count")} > 0)`, legend: "{{otel_component_type}}" }],
          }),
          curves({
            title: "Failed exports by answer",
            description:
              "Per second, by the status that the Collector answered with. Without a status there was no answer: look at the way to it, and at the log of the service, which names the cause.",
            unit: "ops",
            width: 8,
            queries: [
              {
                expr: `sum by (${identity.service}, otel_component_type, http_response_status_code) (rate(otel_sdk_exporter_operation_duration_seconds_count${select('error_type!=""')}[$__rate_interval]))`,
                legend: `{{http_response_status_code}} {{otel_component_type}} {{${identity.service}}}`,
              },
            ],
            noValue: noLoss,
            runbook: "SeaworthyExportFailing",
          }),
        ],
      },
      {
        title: "Collectors: in",
        panels: [
          curves({
            title: "Accepted",
            description:
              "What receivers took in, per second. Compare it with what the services exported: the difference did not reach this Collector.",
            unit: "cps",
            width: 8,
            queries: [
              {
                expr: `collector_signal:otelcol_receiver_accepted:rate5m${collector}`,
                legend: "{{signal}} {{instance}}",
              },
            ],
          }),
          curves({
            title: "Refused",
            description:
              "What receivers did not take in, per second, as a later part of the pipeline would not have it.",
            unit: "cps",
            width: 8,
            queries: [{ expr: refused, legend: "{{signal}} {{instance}}" }],
            noValue: noLoss,
            runbook: "CollectorRefusing",
          }),
          curves({
            title: "Into and out of processors",
            description:
              "Items per second. Where much less comes out than goes in, that processor drops: right for sampling and for the filter of probes, and for nothing else.",
            unit: "cps",
            width: 8,
            queries: ["incoming", "outgoing"].map((way) => ({
              expr: `sum by (processor, otel_signal) (rate(otelcol_processor_${way}_items_total${collector}[$__rate_interval]))`,
              legend: `${way} {{processor}} {{otel_signal}}`,
            })),
          }),
        ],
      },
      {
        title: "Collectors: out",
        panels: [
          curves({
            title: "Sent",
            description: "What exporters have delivered, per second.",
            unit: "cps",
            width: 8,
            queries: [
              {
                expr: `collector_signal:otelcol_exporter_sent:rate5m${collector}`,
                legend: "{{exporter}} {{signal}} {{instance}}",
              },
            ],
          }),
          curves({
            title: "Lost",
            description:
              "What exporters gave up to send, and what had no place in their queue, per second. The log of the Collector has the answer of the back end.",
            unit: "cps",
            width: 8,
            queries: [
              { expr: notSent, legend: "not sent: {{exporter}} {{signal}} {{instance}}" },
              { expr: noPlace, legend: "no place: {{exporter}} {{signal}} {{instance}}" },
            ],
            noValue: noLoss,
            runbook: "CollectorSendFailing",
          }),
          curves({
            title: "Queue",
            description:
              "What waits to be sent, of what may wait. A persistent queue survives a restart of the Collector, and not the loss of its volume.",
            unit: "percentunit",
            width: 8,
            steps: ofQueue,
            max: 1,
            queries: [{ expr: queue, legend: "{{exporter}} {{instance}}" }],
            runbook: "CollectorQueueNearlyFull",
          }),
        ],
      },
      {
        title: "Collectors: themselves",
        panels: [
          curves({
            title: "Memory",
            description:
              "Physical memory of each Collector. The memory limiter refuses from its limit on: memory near it and refusals belong together.",
            unit: "bytes",
            width: 8,
            queries: [
              { expr: `max by (instance) (otelcol_process_memory_rss_bytes${collector})`, legend: "{{instance}}" },
            ],
          }),
          curves({
            title: "CPU",
            description: "CPUs kept busy by each Collector.",
            unit: "none",
            width: 8,
            queries: [
              {
                expr: `sum by (instance) (rate(otelcol_process_cpu_seconds_total${collector}[$__rate_interval]))`,
                legend: "{{instance}}",
              },
            ],
          }),
          curves({
            title: "Up for",
            description:
              "How long each Collector has been running. Teeth are restarts: look at the last state of its container, most often OOMKilled.",
            unit: "s",
            width: 8,
            queries: [
              {
                expr: `max by (instance) (otelcol_process_uptime_seconds_total${collector})`,
                legend: "{{instance}}",
              },
            ],
            runbook: "CollectorDown",
          }),
        ],
      },
    ],
  });
}
