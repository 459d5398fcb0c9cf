import type { Lifecycle } from "@seaworthy/lifecycle";
import type { Tell } from "./channels.ts";
import { type PipelineName, type Tally, itemNames } from "./pipelines/tally.ts";

/** What is looked at when the process ends. */
export interface UnsentAtExit {
  readonly lifecycle: Lifecycle;
  readonly tallies: Readonly<Partial<Record<PipelineName, Tally>>>;
  readonly pushesMetrics: boolean;
  readonly tell: Tell;
}

/**
 * Says what is lost where the process ends without a stop, as by a `process.exit()` of the application: nothing can be sent
 * any more by then. A stop that was cut short is the life's own to tell.
 */
export function tellUnsentAtExit({ lifecycle, tallies, pushesMetrics, tell }: UnsentAtExit): Disposable {
  const onExit = (exitCode: number): void => {
    const { phase } = lifecycle;
    if (phase !== "starting" && phase !== "started") return;
    const queued = (["traces", "logs"] as const).flatMap((name) => unsentOf(name, tallies[name]));
    if (queued.length === 0) return;
    const all = pushesMetrics ? [...queued, "the metrics since the last export"] : queued;
    const message =
      `The process ends with ${exitCode} and without a stop, which leaves ${listed(all)} unsent. ` +
      "Where it calls process.exit(), have it set process.exitCode instead, or await the service's stop() before.";
    tell({ level: "warn", code: "drop", message });
  };
  process.on("exit", onExit);
  return { [Symbol.dispose]: () => void process.off("exit", onExit) };
}

function unsentOf(name: PipelineName, tally: Tally | undefined): string[] {
  if (tally === undefined) return [];
  const { accepted, sent, failed, dropped } = tally.counts();
  const items = accepted - sent - failed - dropped;
  return items > 0 ? [`${items} ${itemNames[name]}${items === 1 ? "" : "s"}`] : [];
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
