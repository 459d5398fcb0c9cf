import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import { pathOf } from "./path.ts";
import type { Answer } from "./requests.ts";

/** What a client gets that waited for headers in vain: it may ask another instance. */
const unavailable = 503;

/** The answer that an HTTP/1.1 response is. */
export class ResponseAnswer implements Answer {
  readonly response: ServerResponse;

  constructor(response: ServerResponse) {
    this.response = response;
  }
  describe(): string {
    const { req: request } = this.response;
    return `${request.method ?? "?"} ${pathOf(originalUrl(request))}`;
  }
  sentType(): string | undefined {
    return sentTypeOf(this.response);
  }
  end(): void {
    const { response } = this;
    if (response.writableEnded || response.destroyed) return;
    ignoreLateWrites(response);
    if (!response.headersSent) response.statusCode = unavailable;
    response.end();
  }
}

/** The answer that a stream of HTTP/2 carries. */
export class StreamAnswer implements Answer {
  readonly stream: ServerHttp2Stream;
  readonly headers: NodeJS.Dict<unknown>;

  constructor(stream: ServerHttp2Stream, headers: NodeJS.Dict<unknown>) {
    this.stream = stream;
    this.headers = headers;
  }
  describe(): string {
    return `${String(this.headers[":method"])} ${pathOf(String(this.headers[":path"]))}`;
  }
  sentType(): string | undefined {
    return textOf(this.stream.sentHeaders?.["content-type"]);
  }
  end(): void {
    const { stream } = this;
    if (stream.writableEnded || stream.destroyed) return;
    ignoreLateWrites(stream);
    if (stream.headersSent) stream.end();
    else stream.respond({ ":status": unavailable }, { endStream: true });
  }
}

/** An application that does not know yet and writes once more must not crash of it. */
export const ignoreLateWrites = (stream: { on(event: "error", listener: () => void): unknown }): void =>
  void stream.on("error", () => {});

/** Express rewrites `url` below a mount point and keeps what came here. */
const originalUrl = (request: IncomingMessage & { originalUrl?: string }): string =>
  request.originalUrl ?? request.url ?? "?";

function sentTypeOf(response: ServerResponse & { readonly _header?: string | null }): string | undefined {
  if (!response.headersSent) return undefined;
  const { _header: sent } = response;
  const kept = textOf(response.getHeader("content-type"));
  // Headers that were handed to writeHead are sent but not kept (nodejs.org/api/http, `response.writeHead`).
  return kept ?? /^content-type:([^\r\n]*)/im.exec(sent ?? "")?.[1];
}

const textOf = (value: number | string | readonly string[] | undefined): string | undefined =>
  value === undefined ? undefined : String(value);
