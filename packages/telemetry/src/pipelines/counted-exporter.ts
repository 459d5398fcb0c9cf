import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { Tally } from "./tally.ts";

/** What exporters of all pipelines have in common. */
interface Exporter<Batch> {
  export(batch: Batch, done: (result: ExportResult) => void): void;
}

/** Hears how each export ended. */
export interface ExportListener {
  sent(items: number): void;
  failed(items: number, error: unknown): void;
}

/**
 * Keeps the books of an exporter, whichever it is: it stays the same object, so that what else a processor or a reader
 * asks of it is answered as before.
 */
export function countExports<Batch, Counted extends Exporter<Batch>>(
  exporter: Counted,
  itemsIn: (batch: Batch) => number,
  tally: Tally,
  listener: ExportListener,
): Counted {
  const send = exporter.export.bind(exporter);
  exporter.export = (batch, done) => {
    const items = itemsIn(batch);
    let over = false;
    const end = (result: ExportResult): void => {
      if (over) return;
      over = true;
      const sent = result.code === ExportResultCode.SUCCESS;
      tally.endExport(items, sent);
      if (sent) listener.sent(items);
      else {
        if (result.error) heard.add(result.error);
        listener.failed(items, result.error);
      }
      done(result);
    };
    tally.beginExport(items);
    try {
      send(batch, end);
    } catch (error) {
      end({ code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  return exporter;
}

const heard = new WeakSet<Error>();

/** Whether a listener has heard of an error already; processors hand it to the SDK's error handler, too. */
export const isHeardOf = (error: unknown): boolean => error instanceof Error && heard.has(error);
