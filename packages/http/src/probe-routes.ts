import { notFound, textAnswer } from "./probe-answer.ts";

/** What a route is asked with: plain data, for the request may have come to another thread. */
export interface RouteRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Partial<Record<(typeof routeHeaders)[number], string>>>;
}

/** What a route answers; bytes where they are compressed. */
export interface RouteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** Answers what only the main thread knows. One that fails is answered with 503. */
export type ProbeRoute = (request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>;

/** The routes of a probe server, by their paths. */
export type ProbeRoutes = Readonly<Record<string, ProbeRoute>>;

/** A route's answer, or 503 where it fails. Never rejects. */
export async function callRoute(route: ProbeRoute | undefined, request: RouteRequest): Promise<RouteAnswer> {
  if (!route) return notFound();
  try {
    return plainAnswer(await route(request));
  } catch {
    return textAnswer(503, "The answer could not be made: reason withheld.\n");
  }
}

/** What another thread can be sent and a response can be written from. Throws where it is neither. */
function plainAnswer({ status, headers, body }: RouteAnswer): RouteAnswer {
  const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule("node:http");
  // Whoever is not held by types gives a Headers.
  const pairs: [name: string, value: string][] = headers instanceof Headers ? [...headers] : Object.entries(headers);
  for (const [name, value] of pairs) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new TypeError(`No status: ${status}`);
  if (typeof body !== "string" && !(body instanceof Uint8Array)) throw new TypeError("Neither text nor bytes.");
  return { status, headers: Object.fromEntries(pairs), body };
}

/** The headers that a route may see. */
const routeHeaders = ["accept", "accept-encoding", "authorization"] as const;

/** Takes from a request what a route may see. */
export function routeRequest(request: {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: NodeJS.Dict<unknown>;
}): RouteRequest {
  const seen = routeHeaders.flatMap((name) => {
    const value = request.headers[name];
    return typeof value === "string" ? [[name, value]] : [];
  });
  return {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    headers: Object.fromEntries(seen) as RouteRequest["headers"],
  };
}

/** The path that a request asks for, without its query. */
export const pathOf = (url = ""): string => url.split("?", 1)[0] ?? "";
