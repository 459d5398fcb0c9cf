import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type EmitterBinding, emitInContext } from "./emit-in-context.ts";
import { aborted, errorType } from "./error-type.ts";
import { type ExpressRequest, expressRoute } from "./express-route.ts";
import { koaRoute } from "./koa-route.ts";
import { type ServerExchange, newExchange } from "./server-exchanges.ts";
import type { ServerFront, ServerFrontOptions } from "./server-front.ts";

/** Node's own, published before the server emits the request (nodejs.org/api/diagnostics_channel). */
const requestChannel = "http.server.request.start";

interface RequestStart {
  readonly server: object;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: HttpSocket;
}

/** `_httpMessage` is the response that is being written; more can be waiting behind it. */
type HttpSocket = Socket & { readonly encrypted?: boolean; readonly _httpMessage?: object | null };

/** Follows HTTP/1, also of servers that were made or listened before. */
export function followHttp1(options: ServerFrontOptions): ServerFront {
  const { contexts, guard, isServed, begin, end } = options;
  const requests: EmitterBinding<ServerExchange, IncomingMessage> = emitInContext(contexts, () => {});
  const responses: EmitterBinding<ServerExchange, ServerResponse> = emitInContext(
    contexts,
    (exchange, event, response) => {
      if (event === "close" && !exchange.isOver) onClose(exchange, response);
    },
  );

  /** By itself: what a framework has in its objects must not keep the request from its end. */
  const noteRoute = guard((exchange: ServerExchange, request: IncomingMessage): void => {
    exchange.route = koaRoute(request) ?? expressRoute(request as ExpressRequest);
  });
  const onClose = guard((exchange: ServerExchange, response: ServerResponse): void => {
    const { req: request } = response;
    const status = response.headersSent ? response.statusCode : undefined;
    if (exchange.metadata) noteRoute(exchange, request);
    const error = response.writableFinished ? undefined : response.errored ? errorType(response.errored) : aborted;
    if (hasPipelines) waiting.get(request.socket)?.delete(exchange);
    end(exchange, status, error);
  });

  const onStart = guard((message: unknown): void => {
    const { server, request, response, socket } = message as RequestStart;
    if (!isServed(server)) return;
    const { _httpMessage: current } = socket;
    const { method, url = "/", httpVersion, headers } = request;
    const exchange = newExchange(server, method, url, socket.encrypted === true, httpVersion, headers, socket);
    begin(exchange, request);
    contexts.enterWith(exchange.context);
    requests.bind(request, exchange);
    responses.bind(response, exchange);
    if (current) closeWithSocket(socket, exchange, response);
  });

  /** A response that waits for its turn, as in a pipeline, hears nothing when the connection is lost. */
  const waiting = new WeakMap<HttpSocket, Map<ServerExchange, ServerResponse>>();
  let hasPipelines = false;
  function closeWithSocket(socket: HttpSocket, exchange: ServerExchange, response: ServerResponse): void {
    hasPipelines = true;
    const known = waiting.get(socket);
    if (known) return void known.set(exchange, response);
    const all = new Map([[exchange, response]]);
    waiting.set(socket, all);
    socket.once("close", () => {
      for (const [each, its] of all) if (!each.isOver) onClose(each, its);
    });
  }

  subscribe(requestChannel, onStart);
  return {
    exchangeOf: (request) => requests.ownerOf(request),
    [Symbol.dispose]: () => unsubscribe(requestChannel, onStart),
  };
}
