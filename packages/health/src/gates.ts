import { SeaworthyError, describe, optionError } from "@seaworthy/lifecycle";
import type { HealthErrorCode } from "./errors.ts";
import { type Probe, probes } from "./probe.ts";

/** The probe that a check can fail; with `none` a failing check is reported as *degraded* and fails no probe. */
export type Gate = Probe | "none";

/** Gates that cost a pod its traffic at most, never its life. */
export type SafeGate = Exclude<Gate, "liveness">;

const known: ReadonlySet<unknown> = new Set<Gate>([...probes, "none"]);

/**
 * Reads the `gates` option: one gate, or a list.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for an unknown gate, an empty list, or `none` beside another.
 * @throws `ERR_SEAWORTHY_LIVENESS_GATE` for `liveness` without `failureRestartsContainer: true`.
 */
export function resolveGates(name: string, gates: unknown, failureRestartsContainer: unknown): readonly Gate[] {
  const list: readonly unknown[] = Array.isArray(gates) ? gates : [gates];
  if (list.length === 0 || !list.every((gate) => known.has(gate)) || (list.length > 1 && list.includes("none"))) {
    throw optionError(
      "gates",
      'one of "startup", "liveness", "readiness" and "none", or a list of the first three',
      Array.isArray(gates) ? JSON.stringify(gates) : gates,
      `Say which probe the check "${name}" can fail.`,
    );
  }
  if (list.includes("liveness") && failureRestartsContainer !== true) {
    const code: HealthErrorCode = "ERR_SEAWORTHY_LIVENESS_GATE";
    throw new SeaworthyError(code, {
      expected: `\`failureRestartsContainer: true\` beside the liveness gate of the check "${name}"`,
      got: describe(failureRestartsContainer),
      fix:
        "A failing liveness check restarts the container, in every replica at once if they share what it asks. For " +
        'a dependency use gates: "readiness"; keep liveness for what only a restart can mend.',
    });
  }
  return [...new Set(list)] as readonly Gate[];
}
