import { type Clock, messageOf } from "@seaworthy/lifecycle";
import type { Tell } from "../channels.ts";
import type { ExportListener } from "./counted-exporter.ts";
import { explainFailure, shorten } from "./export-failure.ts";
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

/** How many times in that while a trouble that comes and goes is told as a new one. */
const mostEpisodes = 3;

/** A voice that has not spoken yet. */
export function createVoice(pipeline: PipelineName, endpoint: string, clock: Clock, tell: Tell): Voice {
  let state: "silent" | "well" | "failing" = "silent";
  let failingSince = 0;
  /** Whether the trouble that lasts has been told. */
  let isTold = false;
  let lost = 0;
  let hasBeenStrange = false;
  let untoldDrops = 0;
  let nextDrops: Disposable | undefined;
  const failures = createPace(clock);
  const rejections = createPace(clock);
  const unsendables = createPace(clock);
  const what = capitalised(pipeline);
  const several = (items: number): string => `${items} ${itemNames[pipeline]}${items === 1 ? "" : "s"}`;

  const fail = (items: number, error: unknown): void => {
    if (state !== "failing") failingSince = clock.now();
    state = "failing";
    lost += items;
    if (failures.take(items) === undefined) return;
    isTold = true;
    const { cause, fix } = explainFailure(pipeline, endpoint, error);
    const soFar = lost === 0 ? "it is tried again" : `${several(lost)} lost so far`;
    tell({ level: "warn", code: "pipeline", message: `${what} do not reach ${endpoint}: ${cause}; ${soFar}. ${fix}` });
  };

  const tellDrops = (drops: string): void => {
    const queue = pipeline === "logs" ? "OTEL_BLRP_MAX_QUEUE_SIZE" : "OTEL_BSP_MAX_QUEUE_SIZE";
    const fix = `Sample less, lengthen the queue by ${queue}, or look at why exports are slow.`;
    tell({ level: "warn", code: "drop", message: `${drops}: the queue before ${endpoint} is full. ${fix}` });
    // How many they are is known when the burst is over, and nothing else may come that would have it told.
    nextDrops = clock.after(repeatMs, () => {
      nextDrops = undefined;
      if (untoldDrops === 0) return;
      const many = several(untoldDrops);
      untoldDrops = 0;
      tellDrops(`${many} dropped since this was last said`);
    });
  };

  return {
    sent() {
      if (state === "silent") tell({ level: "info", code: "pipeline", message: `${what} reach ${endpoint}.` });
      if (isTold) {
        const seconds = Math.max(1, Math.round((clock.now() - failingSince) / 1_000));
        const meanwhile = `${several(lost)} ${lost === 1 ? "was" : "were"} lost meanwhile`;
        const message = `${what} reach ${endpoint} again after ${seconds} s; ${meanwhile}.`;
        tell({ level: "info", code: "pipeline", message });
        lost = 0;
      }
      state = "well";
      isTold = false;
      failures.reset();
    },
    failed: fail,
    unsendable(items, error) {
      if (state === "failing") lost += items;
      const sinceLast = unsendables.take(items);
      if (sinceLast === undefined) return;
      const many = several(sinceLast === 0 ? items : sinceLast);
      const message = `${many} could not be encoded (${shorten(messageOf(error))}), and the others are sent without. `;
      const fix = "Look for a circle, or a value of a kind that cannot be sent, in what is recorded.";
      tell({ level: "warn", code: "pipeline", message: message + fix });
    },
    refused: (error) => fail(0, error),
    strange(answer) {
      if (hasBeenStrange) return;
      hasBeenStrange = true;
      const message = `${endpoint} takes what is sent, and does not answer as OTLP does ("${shorten(answer)}"). `;
      tell({ level: "warn", code: "pipeline", message: `${message}Make sure that a Collector listens there.` });
    },
    dropped(items) {
      if (state === "failing") lost += items;
      untoldDrops += items;
      if (nextDrops === undefined) tellDrops(`${capitalised(itemNames[pipeline])}s are dropped`);
    },
    rejected(items, reason) {
      if (rejections.take(items) === undefined) return;
      const why = reason === "" ? "without a reason" : `with the words "${shorten(reason)}"`;
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
  /** Says that it is over: the next one is told at once, unless such trouble comes and goes. */
  reset(): void;
}

function createPace(clock: Clock): Pace {
  let toldAt: number | undefined;
  let since = 0;
  let episodesSince = 0;
  let episodes = 0;
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
      if (toldAt === undefined) return;
      if (clock.now() - episodesSince >= repeatMs) {
        episodesSince = toldAt;
        episodes = 0;
      }
      if (episodes >= mostEpisodes - 1 && clock.now() - toldAt < repeatMs) return;
      episodes += 1;
      toldAt = undefined;
      since = 0;
    },
  };
}
