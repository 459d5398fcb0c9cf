import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { happenings } from "../annotations.ts";
import { dashboardOf } from "../dashboard.ts";
import { instancesIn, process } from "../identity.ts";
import { curves } from "../panels/curves.ts";
import { figure } from "../panels/figure.ts";
import { table } from "../panels/table.ts";
import { goodBelow } from "../thresholds.ts";
import { whose } from "../variables.ts";

const select = instancesIn("one");
const instances = select();
const { legend } = process;

const each = (metric: string): string => `max by (${process.by}) (${metric}${instances})`;
const delay = (of: string): string => `nodejs_eventloop_delay_${of}_seconds${instances}`;
const ofGarbage = (kind: "sum" | "count"): string =>
  `sum by (v8js_gc_type) (rate(v8js_gc_duration_seconds_${kind}${instances}[$__rate_interval]))`;

const utilization = `instance:nodejs_eventloop_utilization:ratio_rate5m${instances}`;
const lateness = `instance:nodejs_eventloop_delay_p99_seconds:max${instances}`;
const heap = `instance:v8js_memory_heap_used:ratio${instances}`;
const memory = `instance:container_memory_working_set:ratio${instances}`;
const garbage = `instance:v8js_gc_duration_seconds:rate5m${instances}`;
const throttled = `instance:seaworthy_container_cpu_throttled_periods:ratio_rate5m${instances}`;
const cpu = `instance:container_cpu_time:ratio_rate5m${instances}`;

const steps = {
  lateness: goodBelow(0.1, 0.5),
  utilization: goodBelow(0.7, 0.9),
  memory: goodBelow(0.8, 0.9),
  garbage: goodBelow(0.05, 0.1),
  throttled: goodBelow(0.05, 0.25),
};
const noLimit = "No limit is set";

/**
 * What the process that was heard last says of itself, once for each instance: over OTLP a container that was started anew
 * is the same instance, and for some minutes two processes say it.
 */
const newest = "(topk by (job, instance) (1, timestamp(target_info)) > bool 0)";

/** How the processes of a service are: their event loop, memory, garbage and CPU. */
export function runtimeDashboard(): Dashboard {
  return dashboardOf({
    uid: "seaworthy-runtime",
    title: "Node runtime",
    description:
      "Whether the processes of one service keep up: event loop, memory against its limits, garbage collection, CPU and its throttling.",
    variables: whose("one"),
    annotations: happenings("one"),
    rows: [
      {
        title: "The worst instance now",
        panels: [
          figure({
            title: "Event loop is late by",
            description:
              "The delay that 99 of 100 turns of the event loop stay below, of the worst instance. All requests wait as long: look for synchronous work such as large JSON, regular expressions, crypto, or a loop over many rows.",
            unit: "s",
            width: 4,
            steps: steps.lateness,
            queries: [{ expr: `max(${lateness})` }],
            runbook: "SeaworthyEventLoopBlocked",
          }),
          figure({
            title: "Event loop is busy",
            runbook: "SeaworthyEventLoopBusy",
            description:
              "The part of the time that the event loop was not idle. Near 1 the process cannot take more work, whatever CPU is left: it has one thread. More replicas help.",
            unit: "percentunit",
            width: 4,
            steps: steps.utilization,
            queries: [{ expr: `max(${utilization})` }],
          }),
          figure({
            title: "Heap against limit",
            runbook: "SeaworthyHeapNearLimit",
            description:
              "What V8's heap holds, of what it may hold. Near 1 V8 does little but collect garbage, and then ends the process: look at Heap by space, and take a heap snapshot of the oldest instance.",
            unit: "percentunit",
            width: 4,
            steps: steps.memory,
            queries: [{ expr: `max(${heap})` }],
          }),
          figure({
            title: "Memory against limit",
            runbook: "SeaworthyMemoryNearLimit",
            description:
              "The working set of the container, of its limit. At 1 the kernel kills it without a word to the service: look at Heap used for whether it is the heap that grows, or buffers and native memory.",
            unit: "percentunit",
            width: 4,
            steps: steps.memory,
            queries: [{ expr: `max(${memory})` }],
            noValue: noLimit,
          }),
          figure({
            title: "Garbage collection",
            runbook: "SeaworthyGcHeavy",
            description:
              "The part of the time that went into collecting garbage. Above a tenth the heap is too small for what is kept in it, or too much is made.",
            unit: "percentunit",
            width: 4,
            steps: steps.garbage,
            queries: [{ expr: `max(${garbage})` }],
          }),
          figure({
            title: "CPU throttled",
            runbook: "SeaworthyCpuThrottled",
            description:
              "The part of the periods of the CPU quota in which the container had used up its share and had to wait. It looks like a late event loop and is none: raise or remove the CPU limit.",
            unit: "percentunit",
            width: 4,
            steps: steps.throttled,
            queries: [{ expr: `max(${throttled})` }],
            noValue: noLimit,
          }),
        ],
      },
      {
        title: "Event loop",
        panels: [
          curves({
            title: "Delay by instance",
            description:
              "What 99 of 100 turns stay below, less the resolution of the measurement: an idle loop reads 0. One instance alone has one heavy request, all of them have a heavy route.",
            unit: "s",
            width: 8,
            steps: steps.lateness,
            softMax: 0.1,
            queries: [{ expr: lateness, legend }],
            runbook: "SeaworthyEventLoopBlocked",
          }),
          curves({
            title: "Delay of all",
            description:
              "Half, 90 and 99 of 100 turns, and the longest, each of the worst instance. Only the longest: one stall, such as a large answer. All of them: too much work.",
            unit: "s",
            width: 8,
            queries: ["p50", "p90", "p99", "max"].map((of) => ({ expr: `max(${delay(of)})`, legend: of })),
            runbook: "SeaworthyEventLoopStalled",
          }),
          curves({
            title: "Utilization",
            runbook: "SeaworthyEventLoopBusy",
            description:
              "The part of the time that the event loop was not idle. Plan the replicas so that it stays below 0.7 when one of them is gone.",
            unit: "percentunit",
            width: 8,
            steps: steps.utilization,
            max: 1,
            queries: [{ expr: utilization, legend }],
          }),
        ],
      },
      {
        title: "Memory",
        panels: [
          curves({
            title: "Memory against limit",
            runbook: "SeaworthyMemoryNearLimit",
            description: "The working set, by which the kubelet evicts, of the limit at which the kernel kills.",
            unit: "percentunit",
            width: 8,
            steps: steps.memory,
            max: 1,
            queries: [{ expr: memory, legend }],
            noValue: noLimit,
          }),
          curves({
            title: "Memory of the process",
            description:
              "What the process has in physical memory. What it has more than the heap is buffers, native addons and stacks.",
            unit: "bytes",
            width: 8,
            queries: [{ expr: each("process_memory_usage_bytes"), legend }],
          }),
          curves({
            title: "Heap against limit",
            runbook: "SeaworthyHeapNearLimit",
            description:
              "What the heap holds, of what V8 lets it hold. A saw tooth is healthy; one whose lows rise is a leak.",
            unit: "percentunit",
            width: 8,
            steps: steps.memory,
            max: 1,
            queries: [{ expr: heap, legend }],
          }),
          curves({
            title: "Heap used",
            description:
              "All spaces of the heap. When the lows after collections rise for hours, take a heap snapshot of the oldest instance.",
            unit: "bytes",
            width: 8,
            queries: [{ expr: `sum by (${process.by}) (v8js_memory_heap_used_bytes${instances})`, legend }],
          }),
          curves({
            title: "Heap by space",
            description:
              "Of all instances together. The new space is what requests make and drop, the old space what is kept, the large object space what is big by itself, such as long arrays.",
            unit: "bytes",
            width: 8,
            isStacked: true,
            queries: [
              {
                expr: `sum by (v8js_heap_space_name) (v8js_memory_heap_used_bytes${instances}) > 0`,
                legend: "{{v8js_heap_space_name}}",
              },
            ],
          }),
          curves({
            title: "Open files",
            description:
              "Descriptors of files and sockets. When they only rise, connections or files are not closed; at the limit of the process nothing can be opened any more.",
            unit: "short",
            width: 8,
            queries: [{ expr: each("process_unix_file_descriptor_count"), legend }],
          }),
        ],
      },
      {
        title: "Garbage collection",
        panels: [
          curves({
            title: "Time in garbage collection",
            runbook: "SeaworthyGcHeavy",
            description: "The part of the time that went into it: the event loop stands still meanwhile.",
            unit: "percentunit",
            width: 8,
            steps: steps.garbage,
            softMax: 0.05,
            queries: [{ expr: garbage, legend }],
          }),
          curves({
            title: "Collections",
            description:
              "Per second, by kind. Minor ones are cheap. Many major ones mean that little is left of the heap.",
            unit: "ops",
            width: 8,
            queries: [{ expr: ofGarbage("count"), legend: "{{v8js_gc_type}}" }],
          }),
          curves({
            title: "Mean pause",
            description:
              "How long a collection took on average, by kind. Pauses of more than a tenth of a second are seen in the duration of requests.",
            unit: "s",
            width: 8,
            queries: [{ expr: `${ofGarbage("sum")} / (${ofGarbage("count")} > 0)`, legend: "{{v8js_gc_type}}" }],
          }),
        ],
      },
      {
        title: "CPU",
        panels: [
          curves({
            title: "CPU used",
            description:
              "CPUs kept busy by the process. More than 1 is possible: garbage collection, crypto, DNS and files have threads of their own.",
            unit: "none",
            width: 8,
            queries: [
              {
                expr: `sum by (${process.by}) (rate(process_cpu_time_seconds_total${instances}[$__rate_interval]))`,
                legend,
              },
            ],
          }),
          curves({
            title: "CPU against limit",
            description:
              "CPU time of the container, of its quota. Throttling begins well below 1, as the share is given out in periods of a tenth of a second.",
            unit: "percentunit",
            width: 8,
            steps: goodBelow(0.8, 0.95),
            softMax: 1,
            queries: [{ expr: cpu, legend }],
            noValue: noLimit,
          }),
          curves({
            title: "CPU throttled",
            runbook: "SeaworthyCpuThrottled",
            description:
              "The part of the periods in which the container had to wait. Compare it with the delay of the event loop.",
            unit: "percentunit",
            width: 8,
            steps: steps.throttled,
            softMax: 0.1,
            queries: [{ expr: throttled, legend }],
            noValue: noLimit,
          }),
        ],
      },
      {
        title: "What runs",
        panels: [
          table({
            title: "Instances",
            runbook: "SeaworthyRestarting",
            description:
              "What each instance says of itself. Two versions at once are a rollout, or one that did not come to its end; an instance that is always young is ended by something.",
            width: 24,
            labels: {
              k8s_pod_name: "pod",
              instance: "instance",
              service_version: "version",
              process_runtime_version: "Node",
              telemetry_distro_version: "Seaworthy",
            },
            columns: [
              {
                name: "up for",
                unit: "s",
                expr: `max by (${process.by}, service_version, process_runtime_version, telemetry_distro_version) (process_uptime_seconds${instances} * on (job, instance) group_left (process_runtime_version, telemetry_distro_version) ${newest})`,
              },
            ],
          }),
        ],
      },
    ],
  });
}
