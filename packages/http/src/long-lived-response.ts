import type { ServerResponse } from "node:http";
import type { Http2ServerResponse, ServerHttp2Stream } from "node:http2";
import { SeaworthyError, describe } from "@seaworthy/lifecycle";
import type { HttpErrorCode } from "./errors.ts";

/** A response of HTTP/1.1 or HTTP/2, or a stream of HTTP/2. */
export type LongLivedResponse = ServerResponse | Http2ServerResponse | ServerHttp2Stream;

/**
 * What the response is by its server's own count: a stream in place of the response that only stands for it.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for what is no response.
 */
export function countedResponse(response: LongLivedResponse): ServerResponse | ServerHttp2Stream {
  if (!isResponse(response)) throw noResponse(response);
  return isOfHttp2(response) ? response.stream : response;
}

const isResponse = (value: Partial<LongLivedResponse> | undefined | null): boolean =>
  typeof value?.writableEnded === "boolean" && typeof value.end === "function";

/** Whether it was given to a request listener of HTTP/2. */
const isOfHttp2 = (response: LongLivedResponse): response is Http2ServerResponse =>
  "stream" in response && isResponse(response.stream);

function noResponse(value: unknown): SeaworthyError<HttpErrorCode> {
  return new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: "a response of node:http or node:http2, or a stream of node:http2",
    got: describe(value),
    fix: "Pass the response that the handler was given; a framework's own reply has it as `raw` or `res`.",
  });
}
