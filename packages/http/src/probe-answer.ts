import {
  type HealthSnapshot,
  type Probe,
  type ProbeEntry,
  type ProbeResult,
  answerProbe,
  excludeChecks,
  probes,
  renderHealthJson,
  renderJson,
  renderText,
} from "@seaworthy/health/answer";
import { mediaTypes, negotiate } from "./negotiate.ts";
import type { ResolvedProbeOptions } from "./probe-options.ts";

/** What of the options an answer depends on. */
export type AnswerOptions = Pick<ResolvedProbeOptions, "paths" | "showReasons">;

/** What of a request an answer depends on. */
export interface ProbeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: { readonly accept?: string | undefined };
}

/** An answer, ready to be written. */
export interface ProbeAnswer {
  readonly status: 200 | 401 | 403 | 404 | 405 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the probe said; absent where no probe was asked. */
  readonly result?: ProbeResult;
}

/**
 * Answers a request if it asks for a probe, from plain data alone; `undefined` if it asks for anything else. Being
 * pure, it can serve from any thread that has a snapshot.
 */
export function answerRequest(
  request: ProbeRequest,
  snapshot: () => HealthSnapshot,
  options: AnswerOptions,
): ProbeAnswer | undefined {
  const [rawPath = "", ...queries] = (request.url ?? "").split("?");
  const path = withoutTrailingSlashes(rawPath);
  const probe = probeAt(path, options.paths);
  if (probe === undefined) return undefined;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return textAnswer(405, "Only GET and HEAD are allowed.\n", { allow: "GET, HEAD" });
  }
  const result = answerProbe(probe, snapshot());
  const checkName = path.slice(options.paths[probe].length + 1);
  return checkName === ""
    ? answerWhole(result, new URLSearchParams(queries.join("?")), request.headers.accept, options)
    : answerOne(result, decode(checkName), options);
}

/** Not by a regular expression: one that looks for the end from every slash takes a second for 16 KiB of them. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end -= 1;
  return path.slice(0, end);
}

/** The probe whose path this is, or lies below; the longest one, as in /health and /health/live. */
function probeAt(path: string, paths: AnswerOptions["paths"]): Probe | undefined {
  let found: Probe | undefined;
  for (const probe of probes) {
    const own = paths[probe];
    const matches = path.startsWith(own) && (path.length === own.length || path[own.length] === "/");
    if (matches && (found === undefined || own.length > paths[found].length)) found = probe;
  }
  return found;
}

/** An answer in plain text, with the headers that all answers have. */
export function textAnswer(
  status: ProbeAnswer["status"],
  body: string,
  headers: Readonly<Record<string, string>> = {},
): ProbeAnswer {
  return { status, body, headers: { ...headersOf(mediaTypes.text, body), ...headers } };
}

/** Nothing of ours is asked for. */
export const notFound = (): ProbeAnswer => textAnswer(404, "Not found.\n");

function answerWhole(
  whole: ProbeResult,
  query: URLSearchParams,
  accept: string | undefined,
  options: AnswerOptions,
): ProbeAnswer {
  const result = excludeChecks(whole, query.getAll("exclude").slice(0, 100));
  const form = negotiate(accept);
  const render = { text: renderText, json: renderJson, "health-json": renderHealthJson }[form];
  const body = render(result, { verbose: query.has("verbose"), showReasons: options.showReasons });
  return {
    status: result.result === "pass" ? 200 : 503,
    body,
    headers: { ...headersOf(mediaTypes[form], body), ...retryAfter(result) },
    result,
  };
}

function answerOne(whole: ProbeResult, name: string | undefined, options: AnswerOptions): ProbeAnswer {
  const entry = whole.entries.find((candidate) => nameInPath(candidate) === name);
  if (!entry) return textAnswer(404, `No such check among those of ${whole.probe}.\n`);
  const result: ProbeResult = { ...whole, result: entry.result === "fail" ? "fail" : "pass", entries: [entry] };
  const answer = textAnswer(result.result === "pass" ? 200 : 503, renderText(result, options));
  return { ...answer, headers: { ...answer.headers, ...retryAfter(result) }, result };
}

const nameInPath = ({ source, name }: ProbeEntry): string => (source === "startup" ? `startup/${name}` : name);

const headersOf = (mediaType: string, body: string): Readonly<Record<string, string>> => ({
  "content-type": mediaType,
  "content-length": String(Buffer.byteLength(body)),
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  vary: "accept",
});

/** When only checks are in the way, says when the next result of theirs is due. */
function retryAfter({ probe, result, entries }: ProbeResult): Readonly<Record<string, string>> {
  if (probe !== ("readiness" satisfies Probe) || result === "pass") return {};
  const failing = entries.filter((entry) => entry.result === "fail");
  const intervals = failing.map(({ check }) => check?.intervalMs);
  if (!intervals.every((interval) => interval !== undefined)) return {};
  return { "retry-after": String(Math.max(1, Math.ceil(Math.max(...intervals) / 1_000))) };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
