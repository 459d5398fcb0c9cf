import protobuf from "protobufjs";
import type { Encoding } from "./encoding.ts";
import { Malformed } from "./malformed.ts";
import { readJson } from "./read-json.ts";
import { type Pipeline, messagesOf } from "./pipeline.ts";
import { schema } from "./schema.ts";

const { root } = protobuf.parse(schema);
root.resolveAll();

function typeOf(name: string): protobuf.Type {
  return root.lookupType(`otlp.${name}`);
}

/** What was taken in part only, or with a remark when nothing was rejected. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/**
 * Reads the request of a pipeline. Both encodings come out the same: 64-bit integers as `bigint`, bytes as `Uint8Array`,
 * enums as numbers, lists never absent, anything else absent when it was not sent.
 *
 * @throws `Malformed`
 */
export function decodeRequest(pipeline: Pipeline, encoding: Encoding, body: Uint8Array): unknown {
  const type = typeOf(messagesOf[pipeline].request);
  if (encoding === "json") return readJson(type, body);
  try {
    return type.toObject(type.decode(body), { longs: BigInt, arrays: true });
  } catch (error) {
    throw new Malformed(`The body is not the protobuf message ${type.name}: ${(error as Error).message}.`);
  }
}

function write(name: string, encoding: Encoding, message: object): Uint8Array {
  if (encoding === "json") return Buffer.from(JSON.stringify(message));
  const type = typeOf(name);
  return type.encode(type.fromObject(message)).finish();
}

/** Writes the answer to a request that was taken, whole or in part. */
export function encodeResponse(pipeline: Pipeline, encoding: Encoding, partial?: PartialSuccess): Uint8Array {
  const { response, rejected } = messagesOf[pipeline];
  // Protobuf's JSON mapping writes a 64-bit integer as a string, and leaves out one that is zero.
  const count = partial?.rejected ? { [rejected]: String(partial.rejected) } : {};
  const message = partial ? { partialSuccess: { ...count, errorMessage: partial.message } } : {};
  return write(response, encoding, message);
}

/** Writes a `google.rpc.Status`, the body of every answer that refuses. */
export function encodeStatus(encoding: Encoding, code: number, message: string): Uint8Array {
  return write("Status", encoding, { code, message });
}
