import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, messageOf } from "@seaworthy/lifecycle";
import type { Load, ReceivedRequest, Store } from "../store.ts";
import type { Answer, Answers } from "./answers.ts";
import { decompress, readBody } from "./body.ts";
import { type Address, judgeAddress, judgeBody, withoutLast } from "./judge.ts";
import { Refusal } from "./refusal.ts";
import { writeGarbage, writeHalf, writeStatus, writeSuccess } from "./write.ts";

/** What an exchange needs to know of its receiver. */
export interface Exchange {
  readonly store: Store;
  readonly answers: Answers;
  readonly clock: Clock;
  readonly maxBodyBytes: number;
}

/** Reads a request, judges it, and answers a good one as told. Never rejects. */
export async function serve(exchange: Exchange, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { store, answers, maxBodyBytes } = exchange;
  const path = request.url?.split("?", 1)[0] ?? "";
  const contentType = request.headers["content-type"];
  const contentEncoding = request.headers["content-encoding"];
  const received: Omit<ReceivedRequest, "pipeline" | "bytes" | "body" | "status"> = {
    path,
    method: request.method ?? "",
    headers: request.headers,
    contentType,
    contentEncoding,
  };
  let body: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let address: Address | undefined;
  try {
    body = await readBody(request, maxBodyBytes);
    bytes = body.length;
    address = judgeAddress(path, received.method, contentType);
    body = await decompress(body, contentEncoding, maxBodyBytes);
    const load = judgeBody(address, body);
    const answer = answers.next(address.pipeline);
    store.addRequest({ ...received, pipeline: address.pipeline, bytes, body, status: statusOf(answer) });
    give({ exchange, request, response, address, load }, answer);
  } catch (error) {
    const clientLeft = request.destroyed && !request.complete;
    if (clientLeft && !(error instanceof Refusal)) return;
    const { status, message } = error instanceof Refusal ? error : new Refusal(500, messageOf(error));
    store.addRequest({ ...received, pipeline: address?.pipeline, bytes, body, status });
    writeStatus(request, response, { status, message });
  }
}

interface Exchanged {
  readonly exchange: Exchange;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: Address;
  readonly load: Load;
}

/** The status of the whole answer that a client will read, if any. */
function statusOf(answer: Answer): number | undefined {
  if (answer === "silence" || answer === "half") return undefined;
  if (typeof answer === "string" || "rejected" in answer) return 200;
  return "delayMs" in answer ? statusOf(answer.answer ?? "success") : answer.status;
}

function give(exchanged: Exchanged, answer: Answer): void {
  const { exchange, request, response, address, load } = exchanged;
  const { store, clock } = exchange;
  if (response.destroyed) return;
  if (answer === "success") {
    store.take(load);
    writeSuccess(response, address);
  } else if (answer === "half") {
    writeHalf(response, address.encoding);
  } else if (answer === "garbage") {
    writeGarbage(response, address.encoding);
  } else if (answer !== "silence") {
    if ("delayMs" in answer) {
      const later = clock.after(answer.delayMs, () => give(exchanged, answer.answer ?? "success"), { ref: true });
      response.once("close", () => later[Symbol.dispose]());
    } else if ("rejected" in answer) {
      store.take(withoutLast(load, answer.rejected));
      writeSuccess(response, address, answer);
    } else {
      if (answer.status < 300) store.take(load);
      writeStatus(request, response, answer);
    }
  }
}
