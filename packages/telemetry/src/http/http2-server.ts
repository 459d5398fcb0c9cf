import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ServerHttp2Stream } from "node:http2";
import type { Server } from "node:net";
import { emitInContext } from "./emit-in-context.ts";
import { aborted, errorType } from "./error-type.ts";
import { koaRoute } from "./koa-route.ts";
import type { RequestHeaders } from "./server-attributes.ts";
import { type ServerExchange, newExchange } from "./server-exchanges.ts";
import type { ServerFront, ServerFrontOptions } from "./server-front.ts";

/** Node's own, published as the headers come; Node 22 has it from 22.17 on. */
const streamChannel = "http2.server.stream.start";
/** Node's own: where there is no channel for streams, servers are found as they begin to listen. */
const listenChannel = "tracing:net.server.listen:asyncEnd";

interface StreamHeaders extends RequestHeaders {
  readonly ":method"?: string;
  readonly ":path"?: string;
  readonly ":scheme"?: string;
}

interface StreamStart {
  readonly stream: ServerHttp2Stream;
  readonly headers: StreamHeaders;
}

/** Follows HTTP/2, through its streams: so the compatible interface and the one of streams are the same here. */
export function followHttp2(options: ServerFrontOptions): ServerFront {
  const { contexts, guard, isServed, begin, end } = options;
  const streams = emitInContext<ServerExchange, ServerHttp2Stream>(contexts, (exchange, event, stream) => {
    if (event === "close" && !exchange.isOver) onClose(exchange, stream);
  });

  const onClose = guard((exchange: ServerExchange, stream: ServerHttp2Stream): void => {
    const status = stream.sentHeaders?.[":status"];
    const isWhole = !stream.aborted && stream.rstCode === 0;
    const error = isWhole ? undefined : stream.errored ? errorType(stream.errored) : aborted;
    exchange.route = koaRoute(stream);
    end(exchange, status === undefined ? undefined : Number(status), error);
  });

  const follow = (stream: ServerHttp2Stream, headers: StreamHeaders, server: object): void => {
    // What a server pushes nobody asked for; its streams have even numbers.
    if (streams.ownerOf(stream) || (stream.id ?? 0) % 2 === 0 || !isServed(server)) return;
    const { ":method": method, ":path": path = "/", ":scheme": scheme } = headers;
    // A tunnel, or a WebSocket, lasts as long as it is used. HTTP/1 tells of none either.
    if (method === "CONNECT") return;
    const exchange = newExchange(server, method, path, scheme === "https", "2", headers, stream.session?.socket);
    begin(exchange, { method, url: path, headers });
    contexts.enterWith(exchange.context);
    streams.bind(stream, exchange);
  };
  const onStart = guard((message: unknown): void => {
    const { stream, headers } = message as StreamStart;
    const session = stream.session as { readonly server?: object } | undefined;
    follow(stream, headers, session?.server ?? session ?? stream);
  });

  const servers = new Map<Server, Disposable>();
  const onListen = guard((message: unknown): void => {
    const { server } = message as { readonly server: Server };
    if (servers.has(server) || typeof (server as { updateSettings?: unknown }).updateSettings !== "function") return;
    const onStream = guard((stream: ServerHttp2Stream, headers: StreamHeaders): void => {
      if (streams.ownerOf(stream)) letGo();
      else follow(stream, headers, server);
    });
    const onServerClose = (): void => letGo();
    const letGo = (): void => {
      servers.delete(server);
      server.off("stream", onStream).off("close", onServerClose);
    };
    server.prependListener("stream", onStream).on("close", onServerClose);
    servers.set(server, { [Symbol.dispose]: letGo });
  });

  subscribe(streamChannel, onStart);
  subscribe(listenChannel, onListen);
  return {
    exchangeOf: (request) => streams.ownerOf((request as { readonly stream?: unknown }).stream),
    [Symbol.dispose]() {
      unsubscribe(streamChannel, onStart);
      unsubscribe(listenChannel, onListen);
      for (const handle of servers.values()) handle[Symbol.dispose]();
    },
  };
}
