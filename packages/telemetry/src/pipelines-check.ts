import type { Health } from "@seaworthy/health";
import { type PipelineName, type Tally, itemNames } from "./pipelines/tally.ts";

/** How often the books are looked at, in milliseconds. */
const intervalMs = 10_000;

/**
 * Shows on the verbose probes which pipeline does not reach its endpoint, and which drops what it cannot hold. It has no
 * gate: telemetry never fails a probe.
 */
export function checkPipelines(health: Health, tallies: Readonly<Partial<Record<PipelineName, Tally>>>): Disposable {
  const dropsSeen = new Map<string, number>();

  const troubleOf = ([name, tally]: [name: string, tally: Tally]): string[] => {
    const { failed, dropped } = tally.counts();
    const since = dropped - (dropsSeen.get(name) ?? 0);
    dropsSeen.set(name, dropped);
    const items = itemNames[name as PipelineName];
    const failing = tally.isFailing() ? [`${name} are not delivered, ${failed} ${items}s lost so far`] : [];
    return since > 0 ? [...failing, `${since} ${items}s dropped, ${dropped} in all`] : failing;
  };
  return health.check(
    "telemetry",
    () => {
      const troubles = Object.entries(tallies).flatMap(troubleOf);
      if (troubles.length > 0) throw new Error(troubles.join("; "));
    },
    { gates: "none", intervalMs },
  );
}
