import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import type { StartupTask } from "../src/startup.ts";
import { forever, watchLife } from "./watched-life.ts";

describe("a startup task holds started back", () => {
  test("until all of them have settled and the process was marked", async (t) => {
    const { life, clock } = watchLife(t);
    const cache = Promise.withResolvers<void>();
    const schema = Promise.withResolvers<void>();
    life.startup("cache", cache.promise);
    life.startup("schema", () => schema.promise);
    life.markStarted();
    assert.deepEqual(life.startupPending, ["cache", "schema"]);
    schema.resolve();
    await clock.advance(0);
    assert.deepEqual(life.startupPending, ["cache"]);
    assert.equal(life.phase, "starting");
    cache.resolve();
    await life.whenStarted;
    assert.equal(life.phase, "started");
    assert.deepEqual(life.startupPending, []);
  });

  test("also when the mark comes last", async (t) => {
    const { life, clock } = watchLife(t);
    life.startup("cache", () => {});
    await clock.advance(0);
    assert.equal(life.phase, "starting");
    life.markStarted();
    assert.equal(life.phase, "started");
  });

  test("until it is disposed of, for tasks that are no longer wanted", (t) => {
    const { life } = watchLife(t);
    const task = life.startup("cache", forever);
    life.markStarted();
    task[Symbol.dispose]();
    assert.equal(life.phase, "started");
    task[Symbol.dispose]();
  });

  test("but cannot take it back", async (t) => {
    const { life, heard, clock } = watchLife(t);
    life.markStarted();
    const late = Promise.withResolvers<void>();
    life.startup("late", late.promise);
    assert.equal(life.phase, "started");
    assert.deepEqual(life.startupPending, ["late"]);
    late.resolve();
    await clock.advance(0);
    assert.deepEqual(life.startupPending, []);
    assert.deepEqual(heard.phase, [{ from: "starting", to: "started" }]);
  });

  test("two of the same name are two", async (t) => {
    const { life } = watchLife(t);
    const first = life.startup("cache", forever);
    life.startup("cache", forever);
    first[Symbol.dispose]();
    assert.deepEqual(life.startupPending, ["cache"]);
  });
});

describe("a startup task that fails stops the process with 1", () => {
  const failing: Readonly<Record<string, () => StartupTask>> = {
    "a rejected promise": () => Promise.reject(new Error("no schema")),
    "an async function that rejects": () => () => Promise.reject(new Error("no schema")),
    "a function that throws": () => () => {
      throw new Error("no schema");
    },
    "a thenable whose then throws": () => ({
      // oxlint-disable-next-line unicorn/no-thenable
      then() {
        throw new Error("no schema");
      },
    }),
  };
  for (const [what, task] of Object.entries(failing)) {
    test(what, async (t) => {
      const { life, heard } = watchLife(t);
      life.startup("schema", task());
      const report = await life.whenStopped;
      assert.equal(report.exitCode, 1);
      assert.ok(report.reason.kind === "fatal");
      assert.equal(report.reason.origin, "startup");
      const { message, code, cause } = report.reason.error as Error & { code: string };
      assert.equal(code, "ERR_SEAWORTHY_STARTUP_TASK");
      assert.match(message, /the startup task "schema" to succeed, got a failure: no schema/);
      assert.equal((cause as Error).message, "no schema");
      assert.deepEqual(
        heard.fatal.map(({ origin }) => origin),
        ["startup"],
      );
    });
  }

  test("a failed task stays pending, so that no probe turns green", async (t) => {
    const { life } = watchLife(t);
    life.markStarted();
    life.startup("schema", Promise.reject(new Error("no")));
    await life.whenStopped;
    assert.deepEqual(life.startupPending, ["schema"]);
  });

  test("one that fails after the start stops it too", async (t) => {
    const { life } = watchLife(t);
    life.markStarted();
    life.startup("late", Promise.reject(new Error("no")));
    assert.equal((await life.whenStopped).exitCode, 1);
  });

  test("one that was disposed of may fail", async (t) => {
    const { life, clock } = watchLife(t);
    const task = Promise.withResolvers<void>();
    life.startup("cache", task.promise)[Symbol.dispose]();
    task.reject(new Error("no longer wanted"));
    await clock.advance(10);
    assert.equal(life.phase, "starting");
  });
});

describe("a stop ends the start", () => {
  test("tasks hear of it and may fail then", async (t) => {
    const { life, heard } = watchLife(t);
    life.startup(
      "cache",
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    );
    const report = await life.stop("changed my mind");
    assert.equal(report.clean, true);
    assert.deepEqual(heard.fatal, []);
  });

  test("whenStarted never resolves after it", async (t) => {
    const { life, clock } = watchLife(t);
    let started = false;
    void life.whenStarted.then(() => (started = true));
    await life.stop();
    life.markStarted();
    await clock.advance(10);
    assert.equal(started, false);
    assert.equal(life.phase, "stopped");
  });

  test("markStarted while draining changes nothing", async (t) => {
    const { life, heard } = watchLife(t);
    void life.stop();
    life.markStarted();
    await life.whenStopped;
    assert.deepEqual(
      heard.phase.map(({ to }) => to),
      ["draining", "stopping", "stopped"],
    );
  });
});

describe("a startup task that makes no sense is refused and holds nothing back", () => {
  for (const task of [undefined, null, "cache", {}, 5]) {
    test(inspect(task), (t) => {
      const { life } = watchLife(t);
      assert.throws(() => life.startup("cache", task as StartupTask), {
        code: "ERR_SEAWORTHY_OPTION",
        message: /the startup task "cache", unless it is a promise, to be a function/,
      });
      assert.throws(() => life.startup("", () => {}), { code: "ERR_SEAWORTHY_OPTION" });
      life.markStarted();
      assert.equal(life.phase, "started");
    });
  }
});
