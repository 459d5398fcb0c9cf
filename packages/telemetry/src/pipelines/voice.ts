import type { Clock } from "@seaworthy/lifecycle";
import type { Tell } from "../channels.ts";
import type { ExportListener } from "./counted-exporter.ts";
import { explainFailure } from "./export-failure.ts";
import { type PipelineName, itemNames } from "./tally.ts";

/** What a pipeline says of its exports: the first success, the first failure, and then not too much. */
export interface Voice extends ExportListener {
  /** An export found no connection; it will be tried again. */
  refused(error: Error): void;
  dropped(items: number): void;
  rejected(items: number, reason: string): void;
}

/** While the same trouble lasts it is told this often. */
const repeatMs = 60_000;

/** A voice that has not spoken yet. */
export function createVoice(pipeline: PipelineName, endpoint: string, clock: Clock, tell: Tell): Voice {
  let state: "silent" | "well" | "failing" = "silent";
  let failingSince = 0;
  let lost = 0;
  const failures = createPace(clock);
  const drops = createPace(clock);
  const rejections = createPace(clock);
  const what = capitalised(pipeline);
  const several = (items: number): string => `${items} ${itemNames[pipeline]}${items === 1 ? "" : "s"}`;

  const fail = (items: number, error: unknown): void => {
    if (state !== "failing") failingSince = clock.now();
    state = "failing";
    lost += items;
    if (failures.take(items) === undefined) return;
    const { cause, fix } = explainFailure(pipeline, endpoint, error);
    const soFar = lost === 0 ? "it is tried again" : `${several(lost)} lost so far`;
    tell({ level: "warn", code: "pipeline", message: `${what} do not reach ${endpoint}: ${cause}; ${soFar}. ${fix}` });
  };

  return {
    sent() {
      if (state === "silent") tell({ level: "info", code: "pipeline", message: `${what} reach ${endpoint}.` });
      if (state === "failing") {
        const seconds = Math.max(1, Math.round((clock.now() - failingSince) / 1_000));
        const meanwhile = `${several(lost)} ${lost === 1 ? "was" : "were"} lost meanwhile`;
        const message = `${what} reach ${endpoint} again after ${seconds} s; ${meanwhile}.`;
        tell({ level: "info", code: "pipeline", message });
      }
      state = "well";
      lost = 0;
      failures.reset();
    },
    failed: fail,
    refused: (error) => fail(0, error),
    dropped(items) {
      if (state === "failing") lost += items;
      const sinceLast = drops.take(items);
      if (sinceLast === undefined) return;
      const many = sinceLast === 0 ? `${capitalised(itemNames[pipeline])}s are` : several(sinceLast);
      const when = sinceLast === 0 ? "" : " since this was last said";
      const queue = pipeline === "logs" ? "OTEL_BLRP_MAX_QUEUE_SIZE" : "OTEL_BSP_MAX_QUEUE_SIZE";
      const fix = `Sample less, lengthen the queue by ${queue}, or look at why exports are slow.`;
      tell({
        level: "warn",
        code: "drop",
        message: `${many} dropped${when}: the queue before ${endpoint} is full. ${fix}`,
      });
    },
    rejected(items, reason) {
      if (rejections.take(items) === undefined) return;
      const why = reason === "" ? "without a reason" : `with the words "${reason}"`;
      const message = `${endpoint} took an export in part: ${several(items)} rejected ${why}.`;
      tell({ level: "warn", code: "pipeline", message: `${message} Look at the limits of what receives them.` });
    },
  };
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Keeps a repeated trouble to one line in a while. */
interface Pace {
  /** How many came since it was last told, this one included, when it is due; 0 for the first time. */
  take(items: number): number | undefined;
  reset(): void;
}

function createPace(clock: Clock): Pace {
  let toldAt: number | undefined;
  let since = 0;
  return {
    take(items) {
      since += items;
      if (toldAt !== undefined && clock.now() - toldAt < repeatMs) return undefined;
      const gathered = toldAt === undefined ? 0 : since;
      toldAt = clock.now();
      since = 0;
      return gathered;
    },
    reset() {
      toldAt = undefined;
      since = 0;
    },
  };
}
