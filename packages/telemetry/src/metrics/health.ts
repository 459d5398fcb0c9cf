import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Meter } from "@opentelemetry/api";
import {
  type CheckSnapshot,
  type CheckStatus,
  type Health,
  type HealthEvents,
  healthChannels,
  probes,
} from "@seaworthy/health";
import { observeBatch } from "./observe-batch.ts";
import { together } from "./together.ts";

/** What {@link observeHealth} takes. */
export interface ObserveHealthOptions {
  readonly meter: Meter;
  readonly health: Health;
}

/** Names of checks that are told, at most. Whoever makes one for each tenant would fill memory, here and elsewhere. */
const mostChecks = 500;

const statuses: readonly CheckStatus[] = ["unknown", "pass", "fail"];
const results = ["pass", "fail"] as const;

/**
 * Observes the checks and the probes of one health.
 *
 * By `seaworthy.health.check.name`: `seaworthy.health.check.status`, 1 for the status that the check has and 0 for every
 * other, by `seaworthy.health.check.status`; `seaworthy.health.check.stale`, 1 while its last result is too old to
 * count; `seaworthy.health.check.transitions`, {transition}, by the status it came to, which is what flapping is counted
 * by; `seaworthy.health.check.duration`, s, a histogram by `seaworthy.health.check.result`. A check that was taken away
 * has none of the statuses.
 *
 * `seaworthy.health.probe.result`, 1 for what the probe answers and 0 for the other, by `seaworthy.health.probe.name`
 * and `seaworthy.health.probe.result`. It is what this thread knows: a stall is not among it.
 */
export function observeHealth({ meter, health }: ObserveHealthOptions): Disposable {
  return together(
    observeChecks(meter, health),
    observeProbes(meter, health),
    countTransitions(meter, health),
    recordRuns(meter, health),
  );
}

function observeChecks(meter: Meter, health: Health): Disposable {
  const status = meter.createObservableUpDownCounter("seaworthy.health.check.status", {
    unit: "1",
    description: "What is known of a check: 1 for the status it has, 0 for every other.",
  });
  const stale = meter.createObservableUpDownCounter("seaworthy.health.check.stale", {
    unit: "1",
    description: "1 while the last result of a check is too old to count.",
  });
  // The SDK goes on telling what was observed last: one that is gone has to be observed as such.
  const seen = new Set<string>();
  return observeBatch(meter, [status, stale], (result) => {
    const checks = new Map<string, CheckSnapshot>();
    for (const check of health.snapshot().checks) {
      checks.set(check.name, check);
      if (seen.size < mostChecks) seen.add(check.name);
    }
    for (const name of seen) {
      const check = checks.get(name);
      for (const each of statuses) {
        const attributes = { "seaworthy.health.check.name": name, "seaworthy.health.check.status": each };
        result.observe(status, check?.status === each ? 1 : 0, attributes);
      }
      result.observe(stale, check?.stale ? 1 : 0, { "seaworthy.health.check.name": name });
    }
  });
}

function observeProbes(meter: Meter, health: Health): Disposable {
  const gauge = meter.createObservableUpDownCounter("seaworthy.health.probe.result", {
    unit: "1",
    description: "What a probe answers: 1 for its result, 0 for the other.",
  });
  return observeBatch(meter, [gauge], (observed) => {
    for (const probe of probes) {
      const { result } = health.probe(probe);
      for (const each of results) {
        const attributes = { "seaworthy.health.probe.name": probe, "seaworthy.health.probe.result": each };
        observed.observe(gauge, result === each ? 1 : 0, attributes);
      }
    }
  });
}

function countTransitions(meter: Meter, health: Health): Disposable {
  const transitions = meter.createCounter("seaworthy.health.check.transitions", {
    unit: "{transition}",
    description: "How often the status of a check changed, by the status it came to.",
  });
  return hear(health, "check", ({ name, to }) => {
    transitions.add(1, { "seaworthy.health.check.name": name, "seaworthy.health.check.status": to });
  });
}

function recordRuns(meter: Meter, health: Health): Disposable {
  const duration = meter.createHistogram("seaworthy.health.check.duration", {
    unit: "s",
    description: "How long a run of a check took.",
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  });
  return hear(health, "run", ({ name, result, durationMs }) => {
    if (durationMs === undefined) return;
    duration.record(durationMs / 1e3, { "seaworthy.health.check.name": name, "seaworthy.health.check.result": result });
  });
}

/** Hears one channel of one health. */
function hear<Name extends keyof HealthEvents>(
  health: Health,
  name: Name,
  listener: (event: HealthEvents[Name]) => void,
): Disposable {
  const onMessage = (message: unknown): void => {
    const event = message as HealthEvents[Name] & { readonly health: unknown };
    if (event.health === health) listener(event);
  };
  subscribe(healthChannels[name], onMessage);
  return { [Symbol.dispose]: () => void unsubscribe(healthChannels[name], onMessage) };
}
