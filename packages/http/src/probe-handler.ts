import type { Health } from "@seaworthy/health";
import { publish } from "./channels.ts";
import { preStopRoute, refusePreStop } from "./pre-stop.ts";
import { type ProbeRequest, answerRequest, notFound } from "./probe-answer.ts";
import { type ProbeOptions, resolveProbeOptions } from "./probe-options.ts";
import { type ProbeRoute, type ProbeRoutes, callRoute, pathOf, routeRequest } from "./probe-routes.ts";
import { type ProbeResponse, writeAnswer } from "./write-answer.ts";

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
  const { preStopPath, preStopToken } = resolveProbeOptions(options);
  const preStop: ProbeRoute =
    preStopToken === undefined ? refusePreStop(health.lifecycle) : preStopRoute(health.lifecycle, preStopToken);
  return handleWith(health, options, preStopPath === false ? {} : { [preStopPath]: preStop });
}

/** The handler with routes of its own. */
export function handleWith(health: Health, options: ProbeOptions | undefined, routes: ProbeRoutes): ProbeHandler {
  const resolved = resolveProbeOptions(options);
  return (request, response, next) => {
    const answer = answerRequest(request, health.snapshot, resolved);
    if (answer?.result) publish("probe", { health, request, result: answer.result });
    const path = pathOf(request.url);
    if (answer) writeAnswer(answer, request, response);
    else if (Object.hasOwn(routes, path)) {
      // Returned, because a framework such as Koa answers by itself once the handler is over.
      return callRoute(routes[path], routeRequest(request)).then((late) => writeAnswer(late, request, response));
    } else if (next) return next();
    else writeAnswer(notFound(), request, response);
    return undefined;
  };
}
