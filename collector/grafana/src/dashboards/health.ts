import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { happenings } from "../annotations.ts";
import { dashboardOf } from "../dashboard.ts";
import { identity, instancesIn, process, servicesIn } from "../identity.ts";
import { curves } from "../panels/curves.ts";
import { figure } from "../panels/figure.ts";
import { table } from "../panels/table.ts";
import { type Words, timeline } from "../panels/timeline.ts";
import { goodIfNone } from "../thresholds.ts";
import { whose } from "../variables.ts";

const services = servicesIn("several")();
const instances = instancesIn("several");

const by = `${identity.service}, ${process.by}`;
const legend = `{{${identity.service}}} ${process.legend}`;
const byCheck = `${by}, seaworthy_health_check_name`;

/** How many of some series there are: 0, not nothing, where there is none. */
const countOf = (expr: string): string => `sum(${expr}) or vector(0)`;

const inPhase = (phases: string): string =>
  `seaworthy_lifecycle_phase${instances(`seaworthy_lifecycle_phase=~"${phases}"`)}`;
const withStatus = (status: string): string =>
  `seaworthy_health_check_status${instances(`seaworthy_health_check_status="${status}"`)}`;
const probeFails = (probe: string): string =>
  `seaworthy_health_probe_result${instances(`seaworthy_health_probe_name="${probe}"`, 'seaworthy_health_probe_result="fail"')}`;

const phaseWords: Words = {
  1: ["starting", "light-blue"],
  2: ["started", "green"],
  3: ["draining", "yellow"],
  4: ["stopping", "orange"],
  5: ["stopped", "purple"],
};
const probeWords: Words = { 0: ["fail", "red"], 1: ["pass", "green"] };
const checkWords: Words = { 0: ["unknown", "light-blue"], 1: ["pass", "green"], 2: ["fail", "red"] };

/** The number of the phase that each instance is in. */
const phaseNumber = Object.entries(phaseWords)
  .map(([number, [phase]]) => `${number} * max by (${by}) (${inPhase(phase)})`)
  .join(" + ");

const checkNumber = `max by (${byCheck}) (${withStatus("pass")}) + 2 * max by (${byCheck}) (${withStatus("fail")})`;

/** Whether instances are fit for traffic, and how they leave. */
export function healthDashboard(): Dashboard {
  return dashboardOf({
    uid: "seaworthy-health",
    title: "Health and shutdown",
    description:
      "Which instances take traffic, which check keeps one from it, and what became of the work in hand when one stopped.",
    variables: whose("several"),
    annotations: happenings("several"),
    rows: [
      {
        title: "Now",
        panels: [
          figure({
            title: "Started",
            description:
              "Instances past their start and not yet leaving. Compare it with the replicas that are deployed.",
            unit: "short",
            width: 4,
            queries: [{ expr: countOf(inPhase("started")) }],
          }),
          figure({
            title: "Started and not ready",
            description:
              "Instances that should take traffic and do not: a check which gates readiness fails, is stale or unknown. Look at Checks that fail for which one.",
            unit: "short",
            width: 4,
            steps: goodIfNone,
            queries: [
              {
                expr: countOf(`max by (${by}) (${probeFails("readiness")}) * max by (${by}) (${inPhase("started")})`),
              },
            ],
            runbook: "SeaworthyReplicaNotReady",
          }),
          figure({
            title: "Not alive",
            description:
              "Instances whose liveness probe fails: the kubelet restarts them. Only a check that gates liveness can do this; a dependency should never be one.",
            unit: "short",
            width: 4,
            steps: goodIfNone,
            queries: [{ expr: countOf(probeFails("liveness")) }],
          }),
          figure({
            title: "Failing checks",
            description: "Checks with the status fail, on all instances, those that gate nothing among them.",
            unit: "short",
            width: 4,
            steps: goodIfNone,
            queries: [{ expr: countOf(withStatus("fail")) }],
            runbook: "SeaworthyCheckFailing",
          }),
          figure({
            title: "Leaving",
            description:
              "Instances that drain or stop. One that has pushed its last sample is counted for five minutes more. More of them than the rollout takes at a time are worth a look at Drains.",
            unit: "short",
            width: 4,
            queries: [{ expr: countOf(inPhase("draining|stopping")) }],
          }),
          figure({
            title: "Work cut by a stop",
            description:
              "Requests and other work that a stop did not wait for to its end, in the range of the dashboard. Each is a caller who got no answer: raise the grace period, or look for what takes so long.",
            unit: "short",
            width: 4,
            steps: goodIfNone,
            queries: [
              {
                expr: countOf(
                  `max by (${by}) (max_over_time(seaworthy_drain_work_total${instances('seaworthy_drain_outcome="cut"')}[$__range]))`,
                ),
              },
            ],
            runbook: "SeaworthyDrainCutRequests",
          }),
        ],
      },
      {
        title: "Probes and phases",
        panels: [
          timeline({
            title: "Phase of each instance",
            description:
              "From starting to stopped, in one direction. An instance that stays in starting was never marked started; one that ends in started was killed without a stop: look for OOMKilled.",
            unit: "none",
            width: 12,
            words: phaseWords,
            queries: [{ expr: phaseNumber, legend }],
          }),
          timeline({
            title: "Readiness of each instance",
            description:
              "What the readiness probe answers, as the main thread knows it. Red while it is started: a check. Red while it drains: as it should be.",
            unit: "none",
            width: 12,
            words: probeWords,
            queries: [{ expr: `1 - max by (${by}) (${probeFails("readiness")})`, legend }],
          }),
        ],
      },
      {
        title: "Checks",
        panels: [
          timeline({
            title: "Status of each check",
            description:
              "One line for each check of each instance. Red on all instances at once is the dependency, on one of them is that instance or its node.",
            unit: "none",
            width: 12,
            words: checkWords,
            queries: [{ expr: checkNumber, legend: `{{seaworthy_health_check_name}} ${legend}` }],
          }),
          table({
            title: "Checks that fail",
            description:
              "What to look at first, and how much of the last quarter of an hour it failed. The verbose readiness probe of the instance, /readyz?verbose on its probe port, says why.",
            width: 12,
            labels: {
              [identity.service]: "service",
              [identity.pod]: "pod",
              [identity.instance]: "instance",
              seaworthy_health_check_name: "check",
            },
            columns: [
              {
                name: "failed for",
                unit: "percentunit",
                steps: goodIfNone,
                expr: `max by (${byCheck}) (avg_over_time(${withStatus("fail")}[15m])) > 0`,
              },
            ],
            noValue: "All pass",
            runbook: "SeaworthyCheckFailing",
          }),
          curves({
            title: "Begins to fail",
            description:
              "How often in the last half hour, of the instance that has it worst. A check that comes and goes takes instances out of rotation and puts them back: give it a higher failAfter, or mend what it asks.",
            unit: "short",
            width: 8,
            softMax: 5,
            queries: [
              {
                expr: `service_check:seaworthy_health_check_failures:max_increase30m${services}`,
                legend: `{{seaworthy_health_check_name}} {{${identity.service}}}`,
              },
            ],
            runbook: "SeaworthyCheckFlapping",
            noValue: "None has failed",
          }),
          curves({
            title: "Duration of checks",
            description: "What 95 of 100 runs stay below. A check that comes near its timeout is about to fail.",
            unit: "s",
            width: 8,
            queries: [
              {
                expr: `histogram_quantile(0.95, sum by (${identity.service}, seaworthy_health_check_name, le) (rate(seaworthy_health_check_duration_seconds_bucket${instances()}[$__rate_interval])))`,
                legend: `{{seaworthy_health_check_name}} {{${identity.service}}}`,
              },
            ],
          }),
          curves({
            title: "Stale checks",
            description:
              "Checks whose last result is too old to count: they no longer run. A blocked event loop makes all of them stale at once.",
            unit: "short",
            width: 8,
            steps: goodIfNone,
            softMax: 1,
            queries: [
              {
                expr: `sum by (${identity.service}, seaworthy_health_check_name) (seaworthy_health_check_stale${instances()})`,
                legend: `{{seaworthy_health_check_name}} {{${identity.service}}}`,
              },
            ],
            runbook: "SeaworthyCheckStale",
          }),
        ],
      },
      {
        title: "Drains",
        panels: [
          curves({
            title: "Work in hand",
            description:
              "Requests and other work that was taken and is not yet finished. In a drain it falls to none; where it does not, that work is cut when the drain has no time left.",
            unit: "short",
            width: 8,
            queries: [{ expr: `sum by (${by}) (seaworthy_work_in_flight${instances()})`, legend }],
          }),
          curves({
            title: "How work ended",
            description:
              "The work that was in hand while an instance drained, by whether it came to its end. None should be cut. Where Prometheus scrapes, the last seconds of a process are seen by luck only.",
            unit: "short",
            width: 8,
            queries: [
              {
                expr: `sum by (${identity.service}, seaworthy_drain_outcome) (seaworthy_drain_work_total${instances()})`,
                legend: `{{seaworthy_drain_outcome}} {{${identity.service}}}`,
              },
            ],
            noValue: "None has drained",
            runbook: "SeaworthyDrainCutRequests",
          }),
          curves({
            title: "Duration of drains",
            description:
              "The drain window, in which new connections are still served, and the drain after it. Both, and the stop hooks, have to fit into the grace period.",
            unit: "s",
            width: 8,
            queries: [
              {
                expr: `max by (${identity.service}, seaworthy_drain_step) (seaworthy_drain_duration_seconds${instances()})`,
                legend: `{{seaworthy_drain_step}} {{${identity.service}}}`,
              },
            ],
            noValue: "None has drained",
          }),
        ],
      },
    ],
  });
}
