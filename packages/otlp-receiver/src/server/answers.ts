import { optionError } from "@seaworthy/lifecycle";
import type { PartialSuccess } from "../otlp/codec.ts";
import type { Pipeline } from "../otlp/pipeline.ts";

/** A status code other than that of success, with the `google.rpc.Status` that belongs to it. */
export interface StatusAnswer {
  /** From 200 to 599. Below 300 the data counts as taken. */
  readonly status: number;
  /** What the status says. Default: the code's own name. */
  readonly message?: string;
  /** The `Retry-After` header: seconds, or a date. */
  readonly retryAfter?: number | string;
  /** Further headers, such as `location`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that comes late. What it answers counts as arrived only then, and only if the client still waits. */
export interface DelayedAnswer {
  readonly delayMs: number;
  /** Default `success`. */
  readonly answer?: Answer;
}

/**
 * What a request gets.
 *
 * - `success`: 200, and the data is taken.
 * - `{ rejected, message }`: 200 with a partial success; the last `rejected` items are not taken.
 * - `{ status }`: that status; the data is not taken unless it is a 2xx.
 * - `{ delayMs, answer }`: any of these, later.
 * - `silence`: the request is read and never answered, and the data is not taken.
 * - `half`: an answer of 200 begins, and the connection is closed in the midst of it; the data is not taken.
 * - `garbage`: 200 with a body that is no answer, as from something that is no Collector; the data is not taken.
 */
export type Answer = "success" | "silence" | "half" | "garbage" | StatusAnswer | PartialSuccess | DelayedAnswer;

/** Which requests get an answer. */
export interface AnswerScope {
  /** Default: all three. */
  readonly pipeline?: Pipeline;
  /** How many requests get it, before answers are a success again. Default: no end. */
  readonly times?: number;
}

function assertAnswer(answer: Answer): void {
  if (typeof answer === "string") return;
  if ("delayMs" in answer) {
    assertNumber("delayMs", answer.delayMs, 0, Number.MAX_SAFE_INTEGER);
    assertAnswer(answer.answer ?? "success");
  } else if ("rejected" in answer) {
    assertNumber("rejected", answer.rejected, 0, Number.MAX_SAFE_INTEGER);
  } else {
    assertNumber("status", answer.status, 200, 599);
  }
}

function assertNumber(option: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw optionError(option, `a number from ${least} to ${most}`, value, "Say what requests are to get.");
}

/** What the next request of each pipeline gets. */
export interface Answers {
  /** @throws `ERR_SEAWORTHY_OPTION` for an answer that cannot be given */
  set(answer: Answer, scope?: AnswerScope): void;
  next(pipeline: Pipeline): Answer;
}

/** All answers are a success, until told otherwise. */
export function createAnswers(): Answers {
  const rules = new Map<Pipeline, { readonly answer: Answer; left: number }>();
  return {
    set(answer, { pipeline, times = Number.POSITIVE_INFINITY } = {}) {
      assertAnswer(answer);
      const rule = { answer, left: times };
      for (const one of pipeline ? [pipeline] : (["traces", "metrics", "logs"] as const)) rules.set(one, rule);
    },
    next(pipeline) {
      const rule = rules.get(pipeline);
      if (!rule || rule.left <= 0) return "success";
      rule.left -= 1;
      return rule.answer;
    },
  };
}
