import type { ExportResult } from "@opentelemetry/core";

type Send<Batch> = (batch: Batch, done: (result: ExportResult) => void) => void;

/**
 * Has no more than so many exports under way: the others wait for their turn. A processor that is flushed hands over all
 * that it has at once, and an exporter refuses for good what is more than it cares to have under way.
 */
export function inTurn<Batch>(send: Send<Batch>, most: number): Send<Batch> {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  const next = (): void => {
    underWay -= 1;
    waiting.shift()?.();
  };
  return (batch, done) => {
    const begin = (): void => {
      underWay += 1;
      send(batch, (result) => {
        // Whoever waits goes first: `done` may bring another one.
        next();
        done(result);
      });
    };
    if (underWay < most) begin();
    else waiting.push(begin);
  };
}
