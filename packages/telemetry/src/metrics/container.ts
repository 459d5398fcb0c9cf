import type { Meter } from "@opentelemetry/api";
import { type CgroupReadings, openCgroup } from "./cgroup.ts";
import type { ReadText } from "./cgroup-files.ts";
import { observeBatch } from "./observe-batch.ts";
import { together } from "./together.ts";

/** What {@link observeContainer} takes. */
export interface ObserveContainerOptions {
  readonly meter: Meter;
  /** Reads a file of `/proc` or `/sys`. Default: the file itself. */
  readonly readText?: ReadText;
}

/**
 * Observes the container, from the cgroup of this process; nothing where no cgroup has a file of a limit.
 *
 * As the semantic conventions name them: `container.memory.usage` (page cache included), `container.memory.working_set`
 * (what the kubelet evicts by) and `container.memory.available` (limit less working set), By, each an up-down counter,
 * for they also fall; `container.cpu.time`, s.
 *
 * What the conventions have no name for: `seaworthy.container.memory.limit`, By; `seaworthy.container.cpu.limit`,
 * {cpu}; `seaworthy.container.cpu.periods` and `seaworthy.container.cpu.throttled.periods`, {period}, whose ratio is
 * how often the quota was spent; `seaworthy.container.cpu.throttled.time`, s. A limit that is not set is not told.
 */
export function observeContainer({ meter, readText = readFile }: ObserveContainerOptions): Disposable {
  const read = openCgroup(readText);
  return read ? together(observeMemory(meter, read), observeCpu(meter, read)) : together();
}

function observeMemory(meter: Meter, read: () => CgroupReadings): Disposable {
  const bytes = (name: string, description: string) =>
    meter.createObservableUpDownCounter(name, { unit: "By", description });
  const limit = bytes("seaworthy.container.memory.limit", "The most memory the container may use.");
  const usage = bytes("container.memory.usage", "Memory usage of the container.");
  const workingSet = bytes("container.memory.working_set", "Container memory working set.");
  const available = bytes("container.memory.available", "Container memory available.");

  return observeBatch(meter, [limit, usage, workingSet, available], (result) => {
    const { memoryLimit, memoryUsage, memoryInactiveFile = 0 } = read();
    if (memoryLimit !== undefined) result.observe(limit, memoryLimit);
    if (memoryUsage === undefined) return;
    result.observe(usage, memoryUsage);
    const working = Math.max(0, memoryUsage - memoryInactiveFile);
    result.observe(workingSet, working);
    if (memoryLimit !== undefined) result.observe(available, Math.max(0, memoryLimit - working));
  });
}

function observeCpu(meter: Meter, read: () => CgroupReadings): Disposable {
  const time = meter.createObservableCounter("container.cpu.time", {
    unit: "s",
    description: "Total CPU time consumed.",
  });
  const limit = meter.createObservableGauge("seaworthy.container.cpu.limit", {
    unit: "{cpu}",
    description: "The most CPUs the container may use at a time, by its quota.",
  });
  const periods = meter.createObservableCounter("seaworthy.container.cpu.periods", {
    unit: "{period}",
    description: "Periods of the CPU quota in which the container ran.",
  });
  const throttledPeriods = meter.createObservableCounter("seaworthy.container.cpu.throttled.periods", {
    unit: "{period}",
    description: "Periods of the CPU quota in which the container ran out of its share.",
  });
  const throttledTime = meter.createObservableCounter("seaworthy.container.cpu.throttled.time", {
    unit: "s",
    description: "Time for which the container was kept from running by its CPU quota.",
  });

  return observeBatch(meter, [time, limit, periods, throttledPeriods, throttledTime], (result) => {
    const { cpuTime, cpuLimit, cpuPeriods, cpuThrottledPeriods, cpuThrottledTime } = read();
    if (cpuTime !== undefined) result.observe(time, cpuTime);
    if (cpuLimit !== undefined) result.observe(limit, cpuLimit);
    if (cpuPeriods !== undefined) result.observe(periods, cpuPeriods);
    if (cpuThrottledPeriods !== undefined) result.observe(throttledPeriods, cpuThrottledPeriods);
    if (cpuThrottledTime !== undefined) result.observe(throttledTime, cpuThrottledTime);
  });
}

const readFile: ReadText = (path) => {
  try {
    return process.getBuiltinModule("node:fs").readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};
