import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { happenings } from "../annotations.ts";
import { dashboardOf } from "../dashboard.ts";
import { instancesIn, process, servicesIn } from "../identity.ts";
import { burnRates, objective } from "../objective.ts";
import { curves } from "../panels/curves.ts";
import { figure } from "../panels/figure.ts";
import { heatmap } from "../panels/heatmap.ts";
import { table } from "../panels/table.ts";
import { goodBelow, goodFrom } from "../thresholds.ts";
import { routes, whose } from "../variables.ts";

const service = servicesIn("one")();
const instances = instancesIn("one");
const ofRoute = servicesIn("one")('http_route=~"$route"');
const histogram = "http_server_request_duration_seconds";

const ofErrors = goodBelow(objective.errorBudget, 10 * objective.errorBudget);
const ofDuration = goodBelow(objective.fast, 2 * objective.fast);
const ofBurning = [
  "green",
  [burnRates.ticket, "yellow"],
  [burnRates.pageLater, "orange"],
  [burnRates.page, "red"],
] as const;

const errorsIn = (window: string): string => `service:http_server_errors:ratio_rate${window}${service}`;
const slowIn = (window: string): string => `service:http_server_slow_requests:ratio_rate${window}${service}`;
const burning = (ratio: (window: string) => string, budget: number) =>
  ["5m", "1h", "6h", "3d"].map((window) => ({ expr: `${ratio(window)} / ${budget}`, legend: window }));

/** What of a budget is left after a month, or after as much of it as Prometheus keeps. */
const leftOf = (bad: string, budget: number): string =>
  `1 - (avg_over_time(${bad}${service}[30d]) / avg_over_time(service:http_server_requests:rate5m${service}[30d])) / ${budget}`;

const perInstance = (...more: readonly string[]): string =>
  `sum by (${process.by}) (rate(${histogram}_count${instances(...more)}[$__rate_interval]))`;

/** What those who call a service get: how much, how well, how fast. */
export function serviceDashboard(): Dashboard {
  return dashboardOf({
    uid: "seaworthy-service",
    title: "Service: requests and objective",
    description:
      "Rate, errors and duration of the requests of one service, by route, and what is left of its objective. Route narrows the tables and curves by route, Pod and Instance those by instance.",
    variables: [...whose("one"), routes()],
    annotations: happenings("one"),
    rows: [
      {
        title: "Now",
        panels: [
          figure({
            title: "Requests",
            description:
              "Answered per second. Look first at whether it is what this time of day has: none at all is often worse than errors, and is then the caller's, the route's or the load balancer's.",
            unit: "reqps",
            width: 4,
            queries: [{ expr: `service:http_server_requests:rate5m${service}` }],
            runbook: "SeaworthyTelemetryAbsent",
          }),
          figure({
            title: "Errors",
            description:
              "The part of the requests that was answered with 500 or above. Look at Errors by route for where, and at the logs of the same time, by their trace ids, for why.",
            unit: "percentunit",
            width: 4,
            steps: ofErrors,
            queries: [{ expr: errorsIn("5m") }],
            runbook: "SeaworthyAvailabilityBurnFast",
          }),
          figure({
            title: "95 of 100 take at most",
            description:
              "The duration that 95 of 100 requests stay below. Look at Duration by route, then at the event loop of the Node runtime dashboard: when it is late, every route is slow.",
            unit: "s",
            width: 4,
            steps: ofDuration,
            queries: [{ expr: `service:${histogram}:p95_rate5m${service}` }],
            runbook: "SeaworthyLatencyBurnFast",
          }),
          figure({
            title: "In hand",
            description:
              "Requests that have begun and have no answer yet. When they grow and the rate does not, something that the service waits for is slow: look at Calls to others.",
            unit: "short",
            width: 4,
            queries: [{ expr: `service:http_server_active_requests:sum${service}` }],
          }),
          figure({
            title: "Error budget burns",
            description:
              "How many times faster than allowed the error budget was spent in the last hour: 1 uses it up exactly in its period, 14.4 uses 2 % of thirty days in one hour.",
            unit: "none",
            width: 4,
            steps: ofBurning,
            queries: [{ expr: `${errorsIn("1h")} / ${objective.errorBudget}` }],
            runbook: "SeaworthyAvailabilityBurnFast",
          }),
          figure({
            title: "Ready instances",
            description:
              "Instances whose readiness probe passes, of those that do not stop. When there are fewer than are deployed, look at Health and shutdown for the check that fails.",
            unit: "short",
            width: 4,
            steps: goodFrom(1, 1),
            queries: [{ expr: `service:ready_instances:sum${service}` }],
            runbook: "SeaworthyNoReplicaReady",
          }),
        ],
      },
      {
        title: "Rate, errors, duration",
        panels: [
          curves({
            title: "Requests by status",
            description:
              "Answered per second, by status. A status that comes up with an orange Drains line belongs to a rollout; one without belongs to the service.",
            unit: "reqps",
            width: 8,
            isStacked: true,
            queries: [
              {
                expr: `sum by (http_response_status_code) (rate(${histogram}_count${service}[$__rate_interval]))`,
                legend: "{{http_response_status_code}}",
              },
            ],
          }),
          curves({
            title: "Errors",
            description:
              "The part of the requests that was answered with 500 or above. Yellow is the whole budget of the objective, red is ten times as much.",
            unit: "percentunit",
            width: 8,
            steps: ofErrors,
            softMax: 10 * objective.errorBudget,
            queries: [{ expr: errorsIn("5m"), legend: "errors" }],
          }),
          curves({
            title: "Duration",
            description:
              "What half, 95 and 99 of 100 requests stay below, from the buckets of the histogram. If only the 99th moves, look for a few routes; if all move, look at the event loop.",
            unit: "s",
            width: 8,
            queries: ["p50", "p95", "p99"].map((of) => ({
              expr: `service:${histogram}:${of}_rate5m${service}`,
              legend: of,
            })),
          }),
          heatmap({
            title: "Durations",
            description:
              "How many requests a second took how long. Two bands are two kinds of requests, such as hits and misses of a cache: a quantile between them is of neither.",
            unit: "s",
            width: 24,
            query: {
              expr: `sum by (le) (service:${histogram}_bucket:rate5m${service})`,
              legend: "{{le}}",
            },
          }),
        ],
      },
      {
        title: "By route",
        panels: [
          table({
            title: "Routes",
            description:
              "Every route in the last five minutes. Sort by errors or duration to see which one to look at; a line without a route is what no route of the service matched.",
            width: 24,
            labels: { http_request_method: "method", http_route: "route" },
            columns: [
              { name: "requests", unit: "reqps", expr: byRoute("service_route:http_server_requests:rate5m") },
              {
                name: "errors",
                unit: "percentunit",
                steps: ofErrors,
                expr: byRoute("service_route:http_server_errors:ratio_rate5m"),
              },
              { name: "p50", unit: "s", steps: ofDuration, expr: byRoute(`service_route:${histogram}:p50_rate5m`) },
              { name: "p95", unit: "s", steps: ofDuration, expr: byRoute(`service_route:${histogram}:p95_rate5m`) },
              { name: "p99", unit: "s", steps: ofDuration, expr: byRoute(`service_route:${histogram}:p99_rate5m`) },
            ],
            runbook: "SeaworthyRouteFailing",
          }),
          curves({
            title: "Requests by route",
            description:
              "Answered per second. A route that stops while others go on was taken away, or its callers were.",
            unit: "reqps",
            width: 8,
            isStacked: true,
            queries: [{ expr: `service_route:http_server_requests:rate5m${ofRoute}`, legend: routeLegend }],
          }),
          curves({
            title: "Errors by route",
            description:
              "The part of the requests of each route that was answered with 500 or above. One route alone points at its own dependency, all of them at the process.",
            unit: "percentunit",
            width: 8,
            steps: ofErrors,
            softMax: 10 * objective.errorBudget,
            queries: [{ expr: `service_route:http_server_errors:ratio_rate5m${ofRoute}`, legend: routeLegend }],
            runbook: "SeaworthyRouteFailing",
          }),
          curves({
            title: "Duration by route",
            description: "What 95 of 100 requests of a route stay below.",
            unit: "s",
            width: 8,
            queries: [{ expr: `service_route:${histogram}:p95_rate5m${ofRoute}`, legend: routeLegend }],
          }),
        ],
      },
      {
        title: "Objective",
        panels: [
          curves({
            title: "Error budget burns",
            description: `How many times faster than allowed the error budget is spent, by window; ${percent(1 - objective.errorBudget)} of the requests have to succeed. An alert needs a long and a short window above the same line: 14.4 and 6 page, 3 and 1 can wait for the morning.`,
            unit: "none",
            width: 9,
            steps: ofBurning,
            softMax: 2,
            queries: burning(errorsIn, objective.errorBudget),
            runbook: "SeaworthyAvailabilityBurnSlow",
          }),
          curves({
            title: "Latency budget burns",
            description: `The same for requests that take longer than ${objective.fast} s: ${percent(1 - objective.slowBudget)} have to be faster. Look at Duration by route for those that are not.`,
            unit: "none",
            width: 9,
            steps: ofBurning,
            softMax: 2,
            queries: burning(slowIn, objective.slowBudget),
            runbook: "SeaworthyLatencyBurnSlow",
          }),
          figure({
            title: "Error budget left",
            description:
              "Of thirty days, as if all of them were like those that Prometheus has kept. Below nothing the objective is missed: releases that are no repair can wait.",
            unit: "percentunit",
            width: 3,
            height: 8,
            steps: goodFrom(0, 0.25),
            queries: [{ expr: leftOf("service:http_server_errors:rate5m", objective.errorBudget) }],
          }),
          figure({
            title: "Latency budget left",
            description: "The same of the requests that may be slow.",
            unit: "percentunit",
            width: 3,
            height: 8,
            steps: goodFrom(0, 0.25),
            queries: [{ expr: leftOf("service:http_server_slow_requests:rate5m", objective.slowBudget) }],
          }),
        ],
      },
      {
        title: "Calls to others",
        panels: [
          curves({
            title: "Calls",
            description: "Requests that the service makes, per second, by whom it asks.",
            unit: "reqps",
            width: 8,
            isStacked: true,
            queries: [
              { expr: `service_dependency:http_client_requests:rate5m${service}`, legend: "{{server_address}}" },
            ],
            noValue: "It calls nobody by HTTP",
          }),
          curves({
            title: "Failed calls",
            description:
              "The part of the calls that had no answer, or one of 500 and above. When it goes with Errors, the trouble is there and not here.",
            unit: "percentunit",
            width: 8,
            steps: goodBelow(0.01, 0.1),
            softMax: 0.05,
            queries: [
              { expr: `service_dependency:http_client_errors:ratio_rate5m${service}`, legend: "{{server_address}}" },
            ],
            noValue: "It calls nobody by HTTP",
            runbook: "SeaworthyDependencyFailing",
          }),
          curves({
            title: "Duration of calls",
            description:
              "What 95 of 100 calls stay below, by whom is asked. Compare it with Duration: what they have in common is time spent waiting.",
            unit: "s",
            width: 8,
            queries: [
              {
                expr: `service_dependency:http_client_request_duration_seconds:p95_rate5m${service}`,
                legend: "{{server_address}}",
              },
            ],
            noValue: "It calls nobody by HTTP",
          }),
        ],
      },
      {
        title: "By instance",
        panels: [
          curves({
            title: "Requests by instance",
            description:
              "Answered per second. Instances that get much more than others are often those with long-lived connections; one that gets none is not ready, or is not in the endpoints.",
            unit: "reqps",
            width: 8,
            queries: [{ expr: perInstance(), legend: process.legend }],
          }),
          curves({
            title: "Errors by instance",
            description:
              "Answers of 500 and above, per second. One instance alone is helped by deleting its pod, once its event loop and its checks have been looked at.",
            unit: "reqps",
            width: 8,
            queries: [{ expr: perInstance('http_response_status_code=~"5.."'), legend: process.legend }],
            noValue: "No errors",
          }),
          curves({
            title: "In hand by instance",
            description: "Requests that have begun and have no answer yet.",
            unit: "short",
            width: 8,
            queries: [
              {
                expr: `sum by (${process.by}) (http_server_active_requests${instances()})`,
                legend: process.legend,
              },
            ],
          }),
        ],
      },
    ],
  });
}

const routeLegend = "{{http_request_method}} {{http_route}}";

function byRoute(record: string): string {
  return `sum by (http_request_method, http_route) (${record}${ofRoute})`;
}

function percent(part: number): string {
  return `${Number((part * 100).toFixed(4))} %`;
}
