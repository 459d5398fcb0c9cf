import type { ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Answer } from "./requests.ts";

/** What a client gets that waited for headers in vain: it may ask another instance. */
const unavailable = 503;

/** The answer that an HTTP/1.1 response is. */
export const answerOfResponse = (response: ServerResponse): Answer => ({
  sentType: () => sentTypeOf(response),
  end() {
    if (response.writableEnded || response.destroyed) return;
    ignoreLateWrites(response);
    if (!response.headersSent) response.statusCode = unavailable;
    response.end();
  },
});

/** The answer that a stream of HTTP/2 carries. */
export const answerOfStream = (stream: ServerHttp2Stream): Answer => ({
  sentType: () => textOf(stream.sentHeaders?.["content-type"]),
  end() {
    if (stream.writableEnded || stream.destroyed) return;
    ignoreLateWrites(stream);
    if (stream.headersSent) stream.end();
    else stream.respond({ ":status": unavailable }, { endStream: true });
  },
});

/** An application that does not know yet and writes once more must not crash of it. */
export const ignoreLateWrites = (stream: { on(event: "error", listener: () => void): unknown }): void =>
  void stream.on("error", () => {});

function sentTypeOf(response: ServerResponse & { readonly _header?: string | null }): string | undefined {
  if (!response.headersSent) return undefined;
  const { _header: sent } = response;
  const kept = textOf(response.getHeader("content-type"));
  // Headers that were handed to writeHead are sent but not kept (nodejs.org/api/http, `response.writeHead`).
  return kept ?? /^content-type:([^\r\n]*)/im.exec(sent ?? "")?.[1];
}

const textOf = (value: number | string | readonly string[] | undefined): string | undefined =>
  value === undefined ? undefined : String(value);
