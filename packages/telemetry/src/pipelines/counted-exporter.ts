import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { Clock } from "@seaworthy/lifecycle";
import { sendInParts } from "./in-parts.ts";
import { inTurn } from "./in-turn.ts";
import { isPage, takeStrangeAnswer } from "./strange-answer.ts";
import type { Tally } from "./tally.ts";

/** What exporters of all pipelines have in common. */
interface Exporter<Batch> {
  export(batch: Batch, done: (result: ExportResult) => void): void;
  forceFlush?(): Promise<void>;
}

/** Hears how each export ended. */
export interface ExportListener {
  sent(items: number): void;
  failed(items: number, error: unknown): void;
  /** Items that cannot be encoded. */
  unsendable(items: number, error: unknown): void;
  /** An export was taken, and the answer to it is not one of OTLP. */
  strange(answer: string): void;
}

/** How long an exporter is waited for. */
export interface Patience {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** How many exports it is given at once; the others wait for their turn. Default: all. */
  readonly mostAtOnce?: number;
}

/**
 * Keeps the books of an exporter, whichever it is: it stays the same object, so that what else a processor or a reader
 * asks of it is answered as before. An item that cannot be encoded costs itself only.
 *
 * With patience, an exporter that keeps silent longer than it should is taken for one that failed, as those of the SDK wait
 * for ever for an answer that comes byte by byte.
 */
export function countExports<Batch, Counted extends Exporter<Batch>>(
  exporter: Counted,
  itemsIn: (batch: Batch) => number,
  tally: Tally,
  listener: ExportListener,
  patience?: Patience,
): Counted {
  const send = exporter.export.bind(exporter);
  const sendInTime = patience ? withPatience(send, patience) : send;
  const sendCounted = ({ batch, all }: Counting<Batch>, done: (result: ExportResult) => void): void => {
    const countOf = (part: Batch): number => (part === batch ? all : itemsIn(part));
    const parts = {
      sent(part: Batch) {
        const items = countOf(part);
        const answer = takeStrangeAnswer();
        if (answer !== undefined && isPage(answer)) return parts.failed(part, new Error(pageInstead));
        tally.endExport(items, true);
        listener.sent(items);
        if (answer !== undefined) listener.strange(answer);
      },
      failed(part: Batch, error: unknown) {
        const items = countOf(part);
        tally.endExport(items, false);
        hear(error);
        listener.failed(items, error);
      },
      unsendable(part: Batch, error: unknown) {
        const items = countOf(part);
        tally.discard(items);
        hear(error);
        listener.unsendable(items, error);
      },
    };
    sendInParts(sendInTime, batch, parts, done);
  };
  const sendInOrder = patience?.mostAtOnce === undefined ? sendCounted : inTurn(sendCounted, patience.mostAtOnce);
  exporter.export = (batch, done) => {
    const all = itemsIn(batch);
    tally.beginExport(all);
    sendInOrder({ batch, all }, done);
  };
  // What the exporter itself waits for is all of its requests, also those that were given up.
  if (patience && exporter.forceFlush) exporter.forceFlush = () => tally.whenIdle();
  return exporter;
}

/** A batch that is in the books as being under way, and how many items it has. */
interface Counting<Batch> {
  readonly batch: Batch;
  readonly all: number;
}

const pageInstead = "it answered with a page for people, and not as OTLP does";

type Send<Batch> = Exporter<Batch>["export"];

const withPatience =
  <Batch>(send: Send<Batch>, { clock, timeoutMs }: Patience): Send<Batch> =>
  (batch, done) => {
    const timer = clock.after(timeoutMs, () => {
      done({ code: ExportResultCode.FAILED, error: new Error("Export timed out") });
    });
    try {
      send(batch, (result) => {
        timer[Symbol.dispose]();
        done(result);
      });
    } catch (error) {
      timer[Symbol.dispose]();
      throw error;
    }
  };

const heard = new WeakSet<Error>();

function hear(error: unknown): void {
  if (error instanceof Error) heard.add(error);
}

/** Whether a listener has heard of an error already; processors hand it to the SDK's error handler, too. */
export const isHeardOf = (error: unknown): boolean => error instanceof Error && heard.has(error);
