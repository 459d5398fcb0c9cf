import { type Clock, type ErrorParts, SeaworthyError } from "@seaworthy/lifecycle";
import type { OtlpReceiverErrorCode } from "./errors.ts";
import type { ReceivedRequest, Store } from "./store.ts";

/** How long to wait. */
export interface UntilOptions {
  /** Default 5,000. */
  readonly timeoutMs?: number;
}

/** What a predicate gives once it is content. */
export type Truthy<Value> = Exclude<Value, undefined | null | false | 0 | "">;

/**
 * Asks the predicate now and after every request, and resolves with the first truthy value it gives. One that throws is
 * not content yet.
 *
 * @throws `ERR_SEAWORTHY_RECEIVER_TIMEOUT`, which says what had arrived; its cause is what the predicate threw last
 */
export function until<Value>(
  store: Store,
  clock: Clock,
  predicate: () => Value,
  source: string,
  { timeoutMs = 5_000 }: UntilOptions = {},
): Promise<Truthy<Value>> {
  return new Promise((resolve, reject) => {
    let thrown: unknown;
    const ask = (): boolean => {
      try {
        const value = predicate();
        thrown = undefined;
        if (value) resolve(value as Truthy<Value>);
        return Boolean(value);
      } catch (error) {
        thrown = error;
        return false;
      }
    };
    if (ask()) return;
    const listening = store.onChange(() => {
      if (!ask()) return;
      listening[Symbol.dispose]();
      timer[Symbol.dispose]();
    });
    const timer = clock.after(
      timeoutMs,
      () => {
        listening[Symbol.dispose]();
        reject(timeoutError(store, source, timeoutMs, thrown));
      },
      { ref: true },
    );
  });
}

function timeoutError(store: Store, source: string, timeoutMs: number, cause: unknown): SeaworthyError {
  const code: OtlpReceiverErrorCode = "ERR_SEAWORTHY_RECEIVER_TIMEOUT";
  const parts: ErrorParts = {
    expected: `\`${shorten(source)}\` to become true within ${timeoutMs} ms`,
    got: describeArrivals(store),
    fix: "Look whether the sender has flushed, and where it sends to.",
  };
  return new SeaworthyError(code, parts, cause === undefined ? undefined : { cause });
}

function shorten(source: string): string {
  const line = source.replaceAll(/\s+/g, " ");
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** All that arrived, in one line: requests with their answers, and the names of what they brought. */
export function describeArrivals(store: Pick<Store, "spans" | "metrics" | "logs" | "requests">): string {
  const requests = tally(store.requests().map(describeRequest));
  const spans = store.spans().map(({ name }) => name);
  const metrics = store.metrics().map(({ name }) => name);
  const logs = store.logs().map(({ body, eventName }) => (typeof body === "string" ? body : eventName || "a record"));
  return [
    count("request", "requests", store.requests().length, requests),
    count("span", "spans", spans.length, tally(spans)),
    count("metric", "metrics", metrics.length, tally(metrics)),
    count("log record", "log records", logs.length, tally(logs)),
  ].join(", ");
}

function describeRequest({ method, path, status }: ReceivedRequest): string {
  return `${method} ${path} answered with ${status ?? "nothing whole"}`;
}

function count(one: string, many: string, number: number, names: string): string {
  return `${number === 0 ? "no" : number} ${number === 1 ? one : many}${names === "" ? "" : ` (${names})`}`;
}

/** Each name once, with how often it comes; at most ten of them. */
function tally(names: readonly string[]): string {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  const lines = [...times].map(([name, number]) => (number === 1 ? name : `${number} × ${name}`));
  return [...lines.slice(0, 10), ...(lines.length > 10 ? [`${lines.length - 10} more names`] : [])].join("; ");
}
