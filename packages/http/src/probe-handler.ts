import type { Health } from "@seaworthy/health";
import { publish } from "./channels.ts";
import { type ProbeAnswer, type ProbeRequest, answerRequest, textAnswer } from "./probe-answer.ts";
import { type ProbeOptions, resolveProbeOptions } from "./probe-options.ts";

/** What of a response the handler uses: Node's own, HTTP/1.1 or HTTP/2, and whatever extends it. */
export interface ProbeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(): unknown;
  end(body: string): unknown;
}

/** A request with what else the handler asks of it. */
export interface HandledRequest extends ProbeRequest {
  readonly httpVersionMajor?: number;
}

/**
 * Answers probes and hands everything else to `next`; without one it answers 404. What `next` returns is returned, so
 * it fits where a promise is awaited too.
 */
export type ProbeHandler = (request: HandledRequest, response: ProbeResponse, next?: () => unknown) => unknown;

/**
 * Makes the handler for Express, Connect, Nest and plain `node:http`; in Koa it is
 * `app.use((ctx, next) => probes(ctx.req, ctx.res, next))`. Mount it before what logs or authenticates.
 *
 * @throws `ERR_SEAWORTHY_OPTION`
 */
export function probeHandler(health: Health, options?: ProbeOptions): ProbeHandler {
  const resolved = resolveProbeOptions(options);
  return (request, response, next) => {
    const answer = answerRequest(request, health.snapshot, resolved);
    if (!answer && next) return next();
    if (answer?.result) publish("probe", { health, request, result: answer.result });
    write(answer ?? textAnswer(404, "Not found.\n"), request, response);
    return undefined;
  };
}

function write({ status, headers, body }: ProbeAnswer, request: HandledRequest, response: ProbeResponse): void {
  // HTTP/2 has no such header; on HTTP/1.1 it keeps askers other than the kubelet from parking a socket here.
  const connection = (request.httpVersionMajor ?? 1) < 2 ? { connection: "close" } : {};
  response.writeHead(status, { ...headers, ...connection });
  if (request.method === "HEAD") response.end();
  else response.end(body);
}
