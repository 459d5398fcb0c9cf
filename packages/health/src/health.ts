import {
  type Lifecycle,
  type Listeners,
  SeaworthyError,
  assertFunction,
  assertName,
  createListeners,
  describe,
  optionError,
} from "@seaworthy/lifecycle";
import { publish } from "./channels.ts";
import {
  type CheckOptions,
  type PushCheckOptions,
  type ResolvedStateOptions,
  resolveCheckOptions,
  resolveStateOptions,
} from "./check-options.ts";
import { startCheck } from "./check-runner.ts";
import { type CheckState, type Observation, createCheckState } from "./check-state.ts";
import type { Check } from "./check.ts";
import type { HealthErrorCode } from "./errors.ts";
import type { Probe } from "./probe.ts";
import { type ProbeEntry, type ProbeResult, answerProbe } from "./probe-result.ts";
import type { HealthSnapshot, ReadinessWhileDraining } from "./snapshot.ts";

/** What `createHealth` takes. */
export interface HealthOptions {
  /** What readiness says while draining, until the listeners close. Default `fail`. */
  readonly readinessWhileDraining?: ReadinessWhileDraining;
}

/** The defaults of {@link HealthOptions}. */
export const healthDefaults = { readinessWhileDraining: "fail" } as const;

/** Tells the results of a check to code that asks for them; disposing takes the check away. */
export interface CheckReporter extends Disposable {
  pass(): void;
  fail(error: unknown): void;
}

/** The checks of one life and what its probes answer. Every method may be taken off the object. */
export interface Health {
  readonly lifecycle: Lifecycle;
  /**
   * Registers a check and starts to run it on its interval: the first time at once. Disposing takes it away.
   *
   * @throws `ERR_SEAWORTHY_OPTION`, `ERR_SEAWORTHY_DUPLICATE_NAME`, `ERR_SEAWORTHY_LIVENESS_GATE`
   */
  check(name: string, check: Check, options?: CheckOptions): Disposable;
  /** Registers a check whose results are pushed by code that already knows. The same errors as `check`. */
  pushCheck(name: string, options?: PushCheckOptions): CheckReporter;
  /** Answers a probe from memory. */
  probe(probe: Probe): ProbeResult;
  /** What probes are answered from. */
  snapshot(): HealthSnapshot;
  /** Hears of every change that can change an answer, but for what time alone does: a result growing stale. */
  readonly onChange: Listeners["add"];
}

/** Builds the health of a life, without a check as yet. @throws `ERR_SEAWORTHY_OPTION` */
export function createHealth(lifecycle: Lifecycle, options: HealthOptions = {}): Health {
  const { readinessWhileDraining = healthDefaults.readinessWhileDraining } = options;
  if (readinessWhileDraining !== "fail" && readinessWhileDraining !== "pass") {
    throw optionError("readinessWhileDraining", '"fail" or "pass"', readinessWhileDraining, "Leave it out for fail.");
  }
  const { clock } = lifecycle;
  const entries = new Map<string, { readonly state: CheckState; readonly intervalMs?: number }>();
  const changes = createListeners();
  lifecycle.onChange(changes.tell);
  const running = new Set<Disposable>();
  // Each by itself: a resource that cannot be let go of does not keep the others.
  void lifecycle.whenStopped.then(() => Promise.allSettled([...running].map(async (run) => run[Symbol.dispose]())));

  const add = (name: string, resolved: ResolvedStateOptions, intervalMs?: number): ((seen: Observation) => void) => {
    assertFree(name, entries);
    const state = createCheckState(name, resolved, clock);
    const entry = { state, ...(intervalMs !== undefined && { intervalMs }) };
    entries.set(name, entry);
    changes.tell();
    return (observation) => {
      const { phase } = lifecycle;
      if (entries.get(name) !== entry || phase === "stopped") return;
      // Stop hooks close dependencies: that those fail now is no news.
      if (phase === "stopping" && !resolved.gates.includes("liveness")) return;
      const { from, to } = state.observe(observation);
      publish(health, "run", { name, ...observation });
      if (from === to) return;
      changes.tell();
      const error = observation.result === "fail" ? { error: observation.error } : {};
      publish(health, "check", { name, gates: resolved.gates, from, to, ...error });
    };
  };

  const remove = (name: string): void => {
    entries.delete(name);
    changes.tell();
  };

  const health: Health = {
    lifecycle,
    check(name, check, checkOptions) {
      assertCheckName(name);
      assertFunction(check, `the check "${name}"`);
      const resolved = resolveCheckOptions(name, checkOptions);
      const runner = startCheck(name, check, resolved, clock, add(name, resolved, resolved.intervalMs));
      running.add(runner);
      return {
        [Symbol.dispose]() {
          runner[Symbol.dispose]();
          if (running.delete(runner)) remove(name);
        },
      };
    },
    pushCheck(name, checkOptions) {
      assertCheckName(name);
      const observe = add(name, resolveStateOptions(name, checkOptions));
      const entry = entries.get(name);
      return {
        pass: () => observe({ result: "pass" }),
        fail: (error) => observe({ result: "fail", error }),
        [Symbol.dispose]: () => void (entries.get(name) === entry && remove(name)),
      };
    },
    probe: (probe) => answerProbe(probe, health.snapshot()),
    onChange: changes.add,
    snapshot: () => ({
      phase: lifecycle.phase,
      leaving: lifecycle.leaving,
      windowOver: lifecycle.windowOver.aborted,
      readinessWhileDraining,
      startupPending: lifecycle.startupPending,
      checks: [...entries.values()].map(({ state, intervalMs }) => ({
        ...state.snapshot(),
        ...(intervalMs !== undefined && { intervalMs }),
      })),
    }),
  };
  return health;
}

const ownNames: ReadonlySet<string> = new Set<ProbeEntry["source"]>(["ping", "phase", "heartbeat"]);

/** Names stand in lines, in paths and in metrics. */
const checkName = /^[A-Za-z0-9][\w.:/ -]{0,62}(?<! )$/;

function assertCheckName(name: string): void {
  assertName(name, "check");
  if (!checkName.test(name)) {
    throw optionError(
      "name",
      "at most 63 letters, digits, spaces and . _ : / -, beginning with a letter or digit",
      name,
      "Name the check for what it asks, such as postgres.",
    );
  }
  if (ownNames.has(name)) {
    throw optionError("name", `another name than ${[...ownNames].join(", ")}`, name, "Probes have those of their own.");
  }
}

function assertFree(name: string, entries: ReadonlyMap<string, { readonly state: CheckState }>): void {
  const taken = entries.get(name);
  if (!taken) return;
  const code: HealthErrorCode = "ERR_SEAWORTHY_DUPLICATE_NAME";
  throw new SeaworthyError(code, {
    expected: "each check to have its own name",
    got: `a second ${describe(name)}, beside the one that gates ${taken.state.snapshot().gates.join(" and ")}`,
    fix: "Name each for what it asks, or dispose of the first one before.",
  });
}
