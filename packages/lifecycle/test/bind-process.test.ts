import assert from "node:assert/strict";
import process from "node:process";
import { describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { bindProcess, processLifecycle } from "../src/bind-process.ts";
import { createLifecycle } from "../src/lifecycle.ts";
import { watchLife } from "./watched-life.ts";

const makeLife = () => createLifecycle({ clock: createManualClock() });

/** How many listeners each event of the process has. */
const listenerCounts = (): Record<string, number> =>
  Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)]));

describe("a life that was bound", () => {
  test("is the life of the process, until it is disposed of", () => {
    assert.equal(processLifecycle(), undefined);
    const life = makeLife();
    const binding = bindProcess(life);
    assert.equal(processLifecycle(), life);
    binding[Symbol.dispose]();
    assert.equal(processLifecycle(), undefined);
  });

  test("leaves every listener count as it was", () => {
    const before = listenerCounts();
    const binding = bindProcess(makeLife(), { osSignals: ["SIGTERM", "SIGINT", "SIGHUP"] });
    assert.equal(process.listenerCount("SIGHUP"), (before["SIGHUP"] ?? 0) + 1);
    assert.equal(process.listenerCount("uncaughtException"), (before["uncaughtException"] ?? 0) + 1);
    binding[Symbol.dispose]();
    binding[Symbol.dispose]();
    assert.deepEqual(listenerCounts(), before);
  });

  test("leaves fatal errors alone when it is told to", () => {
    const before = listenerCounts();
    const binding = bindProcess(makeLife(), { fatalErrors: false });
    assert.equal(process.listenerCount("uncaughtException"), before["uncaughtException"] ?? 0);
    assert.equal(process.listenerCount("unhandledRejection"), before["unhandledRejection"] ?? 0);
    binding[Symbol.dispose]();
  });

  test("does not exit the process when it stops after its disposal", async () => {
    const life = makeLife();
    bindProcess(life)[Symbol.dispose]();
    assert.equal((await life.stop()).clean, true);
  });

  test("is the only one", () => {
    const first = makeLife();
    const binding = bindProcess(first);
    const before = listenerCounts();
    assert.throws(() => bindProcess(makeLife()), {
      code: "ERR_SEAWORTHY_ALREADY_BOUND",
      message: /one life in a process, got a second one, beside that of @seaworthy\/lifecycle .*processLifecycle\(\)/,
    });
    assert.deepEqual(listenerCounts(), before);
    assert.equal(processLifecycle(), first);
    binding[Symbol.dispose]();
  });

  test("disposing of a binding that was replaced leaves the new one", () => {
    const old = bindProcess(makeLife());
    old[Symbol.dispose]();
    const life = makeLife();
    const binding = bindProcess(life);
    old[Symbol.dispose]();
    assert.equal(processLifecycle(), life);
    binding[Symbol.dispose]();
  });

  test("says how the process will learn that it should stop", (t) => {
    const { life, heard } = watchLife(t);
    bindProcess(life)[Symbol.dispose]();
    assert.equal(heard.notice[0]?.code, "pid");
    assert.match(heard.notice[0]?.message ?? "", new RegExp(`PID ${process.pid}`));
  });
});

describe("options that make no sense leave nothing behind", () => {
  const cases: readonly (readonly [options: object, code: string])[] = [
    [{ osSignals: ["SIGTERM", "SIGKILL"] }, "ERR_SEAWORTHY_OS_SIGNAL"],
    [{ osSignals: ["SIGSTOP"] }, "ERR_SEAWORTHY_OS_SIGNAL"],
    [{ osSignals: ["SIGFOO"] }, "ERR_SEAWORTHY_OS_SIGNAL"],
    [{ osSignals: "SIGTERM" }, "ERR_SEAWORTHY_OPTION"],
    [{ fatalErrors: "yes" }, "ERR_SEAWORTHY_OPTION"],
  ];
  for (const [options, code] of cases) {
    test(JSON.stringify(options), () => {
      const before = listenerCounts();
      assert.throws(() => bindProcess(makeLife(), options), { code });
      assert.deepEqual(listenerCounts(), before);
      assert.equal(processLifecycle(), undefined);
    });
  }
});
