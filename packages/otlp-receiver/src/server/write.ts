import { type IncomingMessage, STATUS_CODES, type ServerResponse } from "node:http";
import { type PartialSuccess, encodeResponse, encodeStatus } from "../otlp/codec.ts";
import { type Encoding, contentTypes, encodingOf } from "../otlp/encoding.ts";
import type { StatusAnswer } from "./answers.ts";
import type { Address } from "./judge.ts";

/** `google.rpc.Code` as it belongs to an HTTP status; any other is 2, UNKNOWN. */
const rpcCodes: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  413: 3,
  415: 3,
  429: 8,
  500: 13,
  502: 14,
  503: 14,
  504: 4,
};

function send(response: ServerResponse, encoding: Encoding, body: Uint8Array): void {
  response.setHeader("content-type", contentTypes[encoding]);
  response.setHeader("content-length", body.length);
  response.end(body);
}

/** 200, for all of a request or a part of it. */
export function writeSuccess(response: ServerResponse, { pipeline, encoding }: Address, part?: PartialSuccess): void {
  send(response, encoding, encodeResponse(pipeline, encoding, part));
}

/** A `google.rpc.Status`, in the encoding of the request, or in JSON where that has none of OTLP's. */
export function writeStatus(request: IncomingMessage, response: ServerResponse, answer: StatusAnswer): void {
  const { status, message = STATUS_CODES[status] ?? String(status), retryAfter, headers = {} } = answer;
  const encoding = encodingOf(request.headers["content-type"]) ?? "json";
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
  if (status === 405) response.setHeader("allow", "POST");
  // What is left of a body that was not read to its end is not worth reading.
  if (!request.complete) response.setHeader("connection", "close");
  send(response, encoding, encodeStatus(encoding, rpcCodes[status] ?? 2, message));
}

/** Fewer bytes than announced, and then the connection is gone. */
export function writeHalf(response: ServerResponse, encoding: Encoding): void {
  response.setHeader("content-type", contentTypes[encoding]);
  response.setHeader("content-length", 1_000);
  response.write(encoding === "json" ? '{"partial' : Buffer.from([0x0a, 0x7f]), () => response.destroy());
}

/** What a page or a proxy might send in an OTLP server's place. */
export function writeGarbage(response: ServerResponse, encoding: Encoding): void {
  send(response, encoding, Buffer.from("<!doctype html><title>Welcome</title>"));
}
