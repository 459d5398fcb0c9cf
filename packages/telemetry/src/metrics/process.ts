import { availableParallelism } from "node:os";
import type { Meter } from "@opentelemetry/api";
import type { Clock } from "@seaworthy/lifecycle";
import { observeBatch } from "./observe-batch.ts";
import { countOpenFiles } from "./open-files.ts";
import { createRollingWindow, defaultWindowMs } from "./rolling-window.ts";
import { together } from "./together.ts";

/** What {@link observeProcess} takes. */
export interface ObserveProcessOptions {
  readonly meter: Meter;
  readonly clock: Clock;
  /** The longest interval of any reader, in milliseconds. Default 60 000. */
  readonly windowMs?: number;
  /** Counts the open files; `undefined` where that cannot be told. Default: `/proc/self/fd`. */
  readonly openFiles?: () => Promise<number | undefined>;
}

/**
 * Observes this process, as the semantic conventions name it: `process.cpu.time` (s) and `process.cpu.utilization` (of
 * the CPUs it may use, over the last one to two windows) by `cpu.mode`, `process.memory.usage` (resident, By),
 * `process.uptime` (s) and, on Linux, `process.unix.file_descriptor.count`.
 */
export function observeProcess(options: ObserveProcessOptions): Disposable {
  const { meter, clock, windowMs = defaultWindowMs, openFiles = countOpenFiles } = options;
  return together(observeCpu(meter, clock, windowMs), observeMemory(meter), observeOpenFiles(meter, openFiles));
}

function observeCpu(meter: Meter, clock: Clock, windowMs: number): Disposable {
  const time = meter.createObservableCounter("process.cpu.time", {
    unit: "s",
    description: "Total CPU seconds broken down by different CPU modes.",
  });
  const utilization = meter.createObservableGauge("process.cpu.utilization", {
    unit: "1",
    description: "CPU time since one to two windows ago, by the time elapsed and the CPUs available to the process.",
  });
  const cpus = availableParallelism();
  const window = createRollingWindow(clock, windowMs, () => ({ at: clock.now(), ...process.cpuUsage() }));

  const observing = observeBatch(meter, [time, utilization], (result) => {
    const now = process.cpuUsage();
    result.observe(time, now.user / 1e6, user);
    result.observe(time, now.system / 1e6, system);
    const { oldest } = window;
    const availableUs = (clock.now() - oldest.at) * 1e3 * cpus;
    if (availableUs <= 0) return;
    result.observe(utilization, (now.user - oldest.user) / availableUs, user);
    result.observe(utilization, (now.system - oldest.system) / availableUs, system);
  });
  return together(window, observing);
}

const user = { "cpu.mode": "user" };
const system = { "cpu.mode": "system" };

function observeMemory(meter: Meter): Disposable {
  const memory = meter.createObservableUpDownCounter("process.memory.usage", {
    unit: "By",
    description: "The amount of physical memory in use.",
  });
  const uptime = meter.createObservableGauge("process.uptime", {
    unit: "s",
    description: "The time the process has been running.",
  });
  return observeBatch(meter, [memory, uptime], (result) => {
    result.observe(memory, process.memoryUsage.rss());
    result.observe(uptime, process.uptime());
  });
}

function observeOpenFiles(meter: Meter, openFiles: () => Promise<number | undefined>): Disposable {
  const count = meter.createObservableUpDownCounter("process.unix.file_descriptor.count", {
    unit: "{file_descriptor}",
    description: "Number of unix file descriptors in use by the process.",
  });
  return observeBatch(meter, [count], async (result) => {
    const open = await openFiles();
    if (open !== undefined) result.observe(count, open);
  });
}
