import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createManualClock, type ManualClock } from "@seaworthy/lifecycle/testing";
import { printTo } from "../../src/index.ts";
import { type Arrivals, createArrivals, log, metric, point, span } from "./arrivals.ts";
import { own } from "../own.ts";

interface Printing extends Arrivals, Disposable {
  readonly clock: ManualClock;
  /** What was printed since the last look. */
  printed(): string;
}

function startPrinting(): Printing {
  const clock = createManualClock();
  const arrivals = createArrivals();
  let text = "";
  const printing = printTo(arrivals.receiver, (more) => (text += more), { clock });
  return {
    ...arrivals,
    clock,
    printed() {
      const since = text;
      text = "";
      return since;
    },
    [Symbol.dispose]: () => printing[Symbol.dispose](),
  };
}

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const lonely = (spanId: string, parentSpanId?: string) => span(`span ${spanId}`, spanId, { parentSpanId });

describe("a printer", () => {
  test("waits a moment for what comes beside the root of a trace, and prints it as one", async (t) => {
    const printing = own(t, startPrinting());
    printing.logs(log("order placed", { spanId: "b", timeMs: 1 }));
    await printing.clock.advance(5_000);
    printing.spans(lonely("b", "a"), lonely("a"));
    await printing.clock.advance(200);
    printing.logs(log("order paid", { spanId: "b", timeMs: 2 }));
    assert.equal(printing.printed(), "");
    await printing.clock.advance(50);
    assert.equal(
      printing.printed(),
      `trace ${TRACE}  orders
span a     10 ms  internal
└─ span b  10 ms  internal
   ├─ INFO  order placed
   └─ INFO  order paid
`,
    );
    await printing.clock.advance(60_000);
    assert.equal(printing.printed(), "");
  });

  test("gives a trace whose root is in another process longer, and one without a root longest", async (t) => {
    const printing = own(t, startPrinting());
    printing.spans(span("far", "a", { parentSpanId: "remote", parentIsRemote: true }));
    await printing.clock.advance(999);
    assert.equal(printing.printed(), "");
    await printing.clock.advance(1);
    assert.equal(printing.printed(), `trace ${TRACE}  orders\nfar  10 ms  internal\n`);

    const other = { traceId: "b".repeat(32) };
    printing.spans(span("rootless", "c", { parentSpanId: "b", ...other }));
    await printing.clock.advance(5_999);
    assert.equal(printing.printed(), "");
    await printing.clock.advance(1);
    assert.equal(printing.printed(), `\ntrace ${other.traceId}  orders\nrootless  10 ms  internal\n`);
  });

  test("goes on with a trace when more of it comes late", async (t) => {
    const printing = own(t, startPrinting());
    printing.spans(lonely("a"));
    await printing.clock.advance(250);
    printing.printed();
    printing.logs(log("late", { spanId: "a" }));
    await printing.clock.advance(250);
    assert.equal(printing.printed(), `\ntrace ${TRACE}  orders  (continued)\nINFO  late\n`);
  });

  test("prints a log record without a trace at once, and one whose trace never comes in the end", async (t) => {
    const printing = own(t, startPrinting());
    const none = { traceId: undefined, flags: 0 };
    printing.logs(
      log("listening", { ...none, attributes: { port: 8080 } }),
      log("not sampled", { flags: 0, severityNumber: 17 }),
      log("its trace is lost", { severityNumber: 13, eventName: "lost" }),
    );
    assert.equal(
      printing.printed(),
      `log  orders  INFO  listening  port=8080
log  orders  ERROR  not sampled  trace=${TRACE}
`,
    );
    await printing.clock.advance(6_000);
    assert.equal(printing.printed(), `log  orders  WARN  its trace is lost  lost  trace=${TRACE}\n`);
  });

  test("leaves an empty line on either side of a tree, and none elsewhere", async (t) => {
    const printing = own(t, startPrinting());
    const calls = (value: number) => metric("calls", "gauge", { points: [point({ value })] });
    printing.metrics(calls(1));
    printing.metrics(calls(2));
    printing.spans(lonely("a"));
    await printing.clock.advance(250);
    printing.metrics(calls(3));
    assert.equal(
      printing.printed(),
      `metrics  orders
  calls  1
metrics  orders
  calls  2

trace ${TRACE}  orders
span a  10 ms  internal

metrics  orders
  calls  3
`,
    );
  });

  test("prints what still waits when it is disposed, and nothing from then on", () => {
    const printing = startPrinting();
    printing.spans(lonely("b", "a"));
    printing[Symbol.dispose]();
    assert.equal(printing.printed(), `trace ${TRACE}  orders\nspan b  10 ms  internal\n`);
    printing.spans(lonely("a"));
    assert.equal(printing.printed(), "");
    assert.equal(printing.clock.waiting(), 0);
  });
});
