import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { messageOf } from "@seaworthy/lifecycle";
import { halvesOf } from "./halves.ts";

/** Hears what became of the items of one export, part by part; all of them come up once. */
export interface PartsListener<Batch> {
  sent(part: Batch): void;
  failed(part: Batch, error: unknown): void;
  /** One item that cannot be encoded. The others are sent without it. */
  unsendable(item: Batch, error: unknown): void;
}

type Send<Batch> = (batch: Batch, done: (result: ExportResult) => void) => void;

/**
 * Sends a batch whole. An exporter throws, before it sends anything, where one item cannot be encoded, such as a log record
 * whose body is a circle: the batch is then halved until that item is alone, and what is not it is sent. Parts go one after
 * another, and none goes after one that failed.
 */
export function sendInParts<Batch>(
  send: Send<Batch>,
  whole: Batch,
  listener: PartsListener<Batch>,
  done: (result: ExportResult) => void,
): void {
  const waiting = [whole];
  let result: ExportResult | undefined;

  const end = (part: Batch, ended: ExportResult): void => {
    if (ended.code === ExportResultCode.SUCCESS) listener.sent(part);
    else {
      listener.failed(part, ended.error);
      for (const left of waiting.splice(0)) listener.failed(left, ended.error);
    }
    result = ended;
  };

  const next = (): void => {
    for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
      const of = part;
      let over = false;
      let isHere = true;
      try {
        send(of, (ended) => {
          if (over) return;
          over = true;
          end(of, ended);
          if (!isHere) next();
        });
      } catch (thrown) {
        if (over) continue;
        over = true;
        const halves = halvesOf(of);
        if (halves) waiting.push(...halves.toReversed());
        else {
          const error = errorOf(thrown);
          listener.unsendable(of, error);
          result ??= { code: ExportResultCode.FAILED, error };
        }
      }
      isHere = false;
      if (!over) return;
    }
    if (result !== undefined) done(result);
  };
  next();
}

/** Anything can be thrown by what is recorded, also what throws when it is asked what it is. */
function errorOf(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown;
  } catch {
    // A proxy that was revoked.
  }
  return new Error(messageOf(thrown));
}
