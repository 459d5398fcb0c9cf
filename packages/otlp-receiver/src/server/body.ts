import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { messageOf } from "@seaworthy/lifecycle";
import { Refusal } from "./refusal.ts";

const decompressors = new Map([
  ["gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
]);

/**
 * Reads what comes over the wire.
 *
 * @throws `Refusal` when there is too much of it; another error when the client went away
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early must not destroy the request: its socket carries the refusal.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Undoes the `Content-Encoding`.
 *
 * @throws `Refusal`
 */
export async function decompress(body: Buffer, coding: string | undefined, maxBytes: number): Promise<Buffer> {
  const name = coding?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity") return body;
  const decompressor = decompressors.get(name);
  if (!decompressor) throw new Refusal(415, `Expected the content encoding gzip, deflate or none, got ${coding}.`);
  try {
    return await decompressor(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
    throw new Refusal(400, `The body is not ${name}: ${messageOf(error)}.`);
  }
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `Expected a body of at most ${maxBytes} bytes, got a larger one.`);
}
