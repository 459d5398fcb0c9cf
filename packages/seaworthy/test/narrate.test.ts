import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { type TestContext, describe, test } from "node:test";
import { createHealth, healthChannels } from "@seaworthy/health";
import { httpChannels } from "@seaworthy/http";
import { type Lifecycle, createLifecycle, lifecycleChannels } from "@seaworthy/lifecycle";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import type { Level, Logger } from "../src/log.ts";
import { narrate } from "../src/narrate.ts";

interface Line {
  readonly level: Level;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

interface Told {
  readonly lifecycle: Lifecycle;
  readonly clock: ManualClock;
  readonly lines: Line[];
  readonly story: Disposable;
}

/** A life that is told to an array. */
function tell(t: TestContext, inKubernetes = false): Told {
  const clock = createManualClock();
  const lifecycle = createLifecycle({ clock });
  const lines: Line[] = [];
  const at =
    (level: Level): Logger[Level] =>
    (fields, message) =>
      void lines.push({ level, message, fields: { ...fields } });
  const story = narrate(lifecycle, { info: at("info"), warn: at("warn"), error: at("error") }, inKubernetes);
  t.after(() => story[Symbol.dispose]());
  return { lifecycle, clock, lines, story };
}

const shortly = (lines: readonly Line[]): string[] => lines.map(({ level, message }) => `${level}: ${message}`);

describe("a life", () => {
  test("is told from its start to its report", async (t) => {
    const { lifecycle, clock, lines } = tell(t);
    await clock.advance(1_500);
    lifecycle.markStarted();
    void lifecycle.stop({ kind: "os-signal", osSignal: "SIGTERM" });
    await lifecycle.whenStopped;
    assert.deepEqual(shortly(lines), [
      "info: Started after 1.50 s.",
      "info: Draining: SIGTERM.",
      "info: Stopped 0.00 s after SIGTERM, exit 0: 0 in-flight finished; 0 of 0 hooks done.",
    ]);
    assert.deepEqual(
      lines.map(({ fields }) => fields["phase"] ?? fields["exitCode"]),
      ["started", "draining", 0],
    );
  });

  test("that ends badly is told as an error, with what failed", async (t) => {
    const { lifecycle, lines } = tell(t);
    const error = new Error("still in use");
    lifecycle.onStop("pool", () => {
      throw error;
    });
    await lifecycle.stop("admin");
    const report = lines.at(-1);
    assert.equal(report?.level, "error");
    assert.match(report.message, /^Stopped .* after request \(admin\), exit 1: .*stop hook "pool" failed/);
    const { failures, exitCode } = report.fields as { failures: Record<string, unknown>[]; exitCode: number };
    assert.equal(exitCode, 1);
    assert.deepEqual(
      failures.map(({ name, outcome, error: cause }) => ({ name, outcome, cause })),
      [{ name: "pool", outcome: "failed", cause: error }],
    );
  });

  test("that a fatal error ends is told with the error, before the stop", async (t) => {
    const { lifecycle, lines } = tell(t);
    const error = new Error("boom\nand more");
    lifecycle.publish("fatal", { error, origin: "uncaughtException" });
    await lifecycle.stop({ kind: "fatal", error, origin: "uncaughtException" });
    assert.deepEqual(shortly(lines.slice(0, 2)), [
      "error: Fatal (uncaughtException): boom and more",
      "info: Draining: uncaughtException (boom and more).",
    ]);
    assert.equal(lines[0]?.fields["err"], error);
    assert.equal(lines.at(-1)?.level, "error");
  });

  test("of somebody else is not told", async (t) => {
    const { lines } = tell(t);
    const other = createLifecycle({ clock: createManualClock() });
    const health = createHealth(other);
    other.publish("notice", { code: "pid", message: "Not ours." });
    health.pushCheck("not ours").fail(new Error("x"));
    channel(httpChannels.server).publish({ lifecycle: other, server: undefined, name: "not ours" });
    other.markStarted();
    await other.stop();
    assert.deepEqual(lines, []);
  });

  test("is told no longer once the story is disposed", (t) => {
    const { lifecycle, lines, story } = tell(t);
    story[Symbol.dispose]();
    lifecycle.markStarted();
    assert.deepEqual(lines, []);
    const names = [...Object.values(lifecycleChannels), httpChannels.server, healthChannels.check];
    assert.deepEqual(
      names.filter((name) => channel(name).hasSubscribers),
      [],
    );
  });
});

describe("a notice", () => {
  const notices: readonly [code: string, elsewhere: Level, inKubernetes: Level][] = [
    ["pid", "info", "info"],
    ["launcher", "info", "warn"],
    ["foreign-listener", "warn", "warn"],
    ["duplicate-copy", "warn", "warn"],
    ["too-late", "warn", "warn"],
    ["foreign-exit", "warn", "warn"],
    ["probe-port", "warn", "warn"],
    ["one-from-a-later-package", "warn", "warn"],
  ];
  for (const [code, elsewhere, inKubernetes] of notices) {
    const both = elsewhere === inKubernetes;
    test(`of ${code} is told as ${elsewhere}${both ? "" : `, and as ${inKubernetes} in Kubernetes`}`, (t) => {
      for (const [place, level] of [
        [false, elsewhere],
        [true, inKubernetes],
      ] as const) {
        const { lifecycle, lines, story } = tell(t, place);
        lifecycle.publish("notice", { code, message: "Something is so." });
        story[Symbol.dispose]();
        assert.deepEqual(lines, [{ level, message: "Something is so.", fields: { notice: code } }]);
      }
    });
  }
});

describe("a check", () => {
  test("is told when it fails and when it passes again, not when it first passes", (t) => {
    const { lifecycle, lines } = tell(t);
    const check = createHealth(lifecycle).pushCheck("postgres");
    check.pass();
    check.fail(new Error("refused"));
    check.fail(new Error("refused again"));
    check.pass();
    check.pass();
    assert.deepEqual(shortly(lines), [
      'warn: Check "postgres" fails (readiness): refused',
      'info: Check "postgres" passes again (readiness).',
    ]);
    assert.deepEqual(lines[0]?.fields["err"], new Error("refused"));
  });

  test("that fails from the first time on is told", (t) => {
    const { lifecycle, lines } = tell(t);
    createHealth(lifecycle).pushCheck("cache", { gates: "none" }).fail("no route");
    assert.deepEqual(shortly(lines), ['warn: Check "cache" fails (none): no route']);
  });
});

test("a stall is told once it is over, with how long it was and what failed because of it", (t) => {
  const { lifecycle, lines } = tell(t);
  const health = createHealth(lifecycle);
  const stall = (failed: Readonly<Record<string, number>>): void =>
    channel(httpChannels.stall).publish({ health, ageMs: 4_180, failed });
  stall({ startup: 0, liveness: 0, readiness: 2 });
  stall({ startup: 0, liveness: 0, readiness: 0 });
  assert.deepEqual(shortly(lines), [
    "warn: The main thread did not come round for 4.2 s: something blocked it. Probes that failed meanwhile: readiness 2.",
    "warn: The main thread did not come round for 4.2 s: something blocked it. Probes that failed meanwhile: none was asked.",
  ]);
});

test("a server that was found is told by its name", (t) => {
  const { lifecycle, lines } = tell(t);
  channel(httpChannels.server).publish({ lifecycle, server: undefined, name: "http server [::]:8080" });
  assert.deepEqual(shortly(lines), ["info: Found http server [::]:8080: it will be drained."]);
});
