import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Report, describeReport } from "../src/report.ts";

const clean: Report = {
  reason: { kind: "os-signal", osSignal: "SIGTERM" },
  clean: true,
  exitCode: 0,
  durationMs: 1_234,
  steps: { window: 1_000, drain: 200, stop: 34 },
  hooks: [],
  finished: 3,
  cut: [],
  openHandles: {},
};

describe("a report reads in one line", () => {
  test("a clean stop is short", () => {
    const report: Report = { ...clean, hooks: [{ kind: "stop", name: "pool", outcome: "done", durationMs: 3 }] };
    assert.equal(
      describeReport(report),
      "Stopped 1.2 s after SIGTERM, exit 0: 3 in-flight finished; 1 of 1 hooks done.",
    );
  });

  test("whatever was not done is named with its time", () => {
    const report: Report = {
      ...clean,
      clean: false,
      exitCode: 1,
      durationMs: 29_000,
      forcedBy: { kind: "os-signal", osSignal: "SIGINT" },
      hooks: [
        { kind: "drain", name: "consumer", outcome: "timed-out", durationMs: 500 },
        { kind: "stop", name: "pool", outcome: "failed", durationMs: 20, error: new Error("no pool\nat all") },
        { kind: "stop", name: "cache", outcome: "abandoned", durationMs: 4_000 },
        { kind: "stop", name: "flush", outcome: "skipped", durationMs: 0 },
        { kind: "stop", name: "probe server", outcome: "done", durationMs: 1 },
      ],
      cut: [{ name: "GET /slow", ageMs: 28_500 }],
      openHandles: { TCPSocketWrap: 2, Timeout: 1 },
    };
    assert.equal(
      describeReport(report),
      "Stopped 29.0 s after SIGTERM, exit 1: forced by SIGINT; 3 in-flight finished; 1 cut: GET /slow (28.5 s); " +
        '1 of 5 hooks done; drain hook "consumer" timed-out after 0.50 s; stop hook "pool" failed after 0.02 s: no pool at all; ' +
        'stop hook "cache" abandoned after 4.0 s; stop hook "flush" skipped; still open: 2 TCPSocketWrap, 1 Timeout.',
    );
  });

  test("what a hook had to say comes last", () => {
    const notes = ["12 spans sent, 0 lost"];
    const hooks = [{ kind: "stop", name: "telemetry", outcome: "done", durationMs: 3, notes }] as const;
    assert.match(describeReport({ ...clean, hooks }), /1 of 1 hooks done; telemetry: 12 spans sent, 0 lost\.$/);
  });

  test("of much work, ten are named and the rest counted", () => {
    const cut = Array.from({ length: 13 }, (_, index) => ({ name: `job ${index}`, ageMs: 100 }));
    const line = describeReport({ ...clean, cut });
    assert.match(line, /13 cut: job 0 \(0\.10 s\), .*job 9 \(0\.10 s\) and 3 more;/);
    assert.doesNotMatch(line, /job 10/);
  });

  test("names with line breaks do not break it", () => {
    const line = describeReport({
      ...clean,
      reason: { kind: "request", by: "a\nb" },
      cut: [{ name: "job\r\n  {forged: true}", ageMs: 100 }],
    });
    assert.doesNotMatch(line, /[\r\n]/);
    assert.match(line, /request \(a b\).*job \{forged: true\}/);
  });
});
