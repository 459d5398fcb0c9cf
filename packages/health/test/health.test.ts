import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import type { CheckOptions } from "../src/check-options.ts";
import { probes } from "../src/probe.ts";
import { type Health, type HealthOptions, createHealth, healthDefaults } from "../src/health.ts";
import { type Life, createLife, everySecond, listen, promised, startedLife } from "./life.ts";
import { assertRefused } from "./refused.ts";

const refuses =
  (text = "refused") =>
  (): never => {
    throw new Error(text);
  };

const answers = ({ health }: Life): string =>
  probes.map((probe) => `${probe} ${health.probe(probe).result}`).join(", ");

const reasonOf = (health: Health, name: string): string | undefined =>
  health.probe("readiness").entries.find((entry) => entry.name === name)?.reason;

const restarts = { gates: "liveness", failureRestartsContainer: true, ...everySecond } as const;

test("without checks a started service passes every probe, and has none to list", () => {
  const life = startedLife();
  assert.equal(answers(life), "startup pass, liveness pass, readiness pass");
  assert.deepEqual(life.health.snapshot().checks, []);
  for (const probe of probes) {
    assert.deepEqual(
      life.health.probe(probe).entries.map(({ name }) => name),
      ["ping", "phase"],
    );
  }
});

test("a starting service is alive and no more", () => {
  assert.equal(answers(createLife()), "startup fail, liveness pass, readiness fail");
});

test("a check that has not run yet fails readiness and leaves liveness alone", async () => {
  const life = startedLife();
  life.health.check("db", () => {}, everySecond);
  life.health.check("loop", () => {}, restarts);
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
  assert.equal(reasonOf(life.health, "db"), "no result yet");
  await life.clock.advance(0);
  assert.equal(answers(life), "startup pass, liveness pass, readiness pass");
});

test("a startup check that has not passed holds startup back, and never again afterwards", async () => {
  const life = startedLife();
  let ready = false;
  life.health.check("schema", () => ready || assert.fail("old schema"), { gates: "startup", ...everySecond });
  await life.clock.advance(0);
  assert.equal(answers(life), "startup fail, liveness pass, readiness pass");
  ready = true;
  await life.clock.advance(1_000);
  assert.equal(answers(life), "startup pass, liveness pass, readiness pass");
  ready = false;
  await life.clock.advance(1_000);
  assert.equal(answers(life), "startup pass, liveness pass, readiness pass");
});

test("a check that throws or rejects fails under its own name, and leaves the others intact", async () => {
  const { health, clock } = startedLife();
  health.check("cache", () => {}, everySecond);
  health.check("db", refuses("sync"), everySecond);
  health.check("queue", () => Promise.reject(new Error("async")), everySecond);
  health.check("disk", () => {}, everySecond);
  await clock.advance(0);
  assert.deepEqual(
    health.probe("readiness").entries.map(({ name, result, reason }) => [name, result, reason]),
    [
      ["ping", "pass", undefined],
      ["phase", "pass", undefined],
      ["cache", "pass", undefined],
      ["db", "fail", "sync"],
      ["queue", "fail", "async"],
      ["disk", "pass", undefined],
    ],
  );
});

test("two checks of one name are refused by an error that tells of both", () => {
  const { health } = startedLife();
  health.check("db", () => {}, { gates: ["startup", "readiness"] });
  for (const again of [() => health.check("db", () => {}), () => health.pushCheck("db")]) {
    assertRefused(again, "ERR_SEAWORTHY_DUPLICATE_NAME", 'a second "db"', "the one that gates startup and readiness");
  }
  health.pushCheck("bus");
  assertRefused(() => health.check("bus", () => {}), "ERR_SEAWORTHY_DUPLICATE_NAME", 'a second "bus"');
});

test("a check that is refused leaves nothing behind", async () => {
  const { health, clock } = startedLife();
  let runs = 0;
  const count = (): void => void (runs += 1);
  health.check("db", () => {}, everySecond);
  assert.throws(() => health.check("db", count, everySecond));
  assert.throws(() => health.check("bus", count, { intervalMs: -1 }));
  assert.throws(() => health.pushCheck("bus", { failAfter: 0 }));
  await clock.advance(5_000);
  assert.equal(runs, 0);
  assert.deepEqual(
    health.snapshot().checks.map(({ name }) => name),
    ["db"],
  );
  health.pushCheck("bus");
});

const goodNames = [
  "a",
  "db",
  "DB-1",
  "orders.db",
  "http://example.com:80/x",
  "a b",
  "disk /var",
  "x".repeat(63),
  "constructor",
];
const badNames = [
  "",
  " ",
  " db",
  "db ",
  "-db",
  "/db",
  "d\nb",
  "d\tb",
  "dß",
  "a,b",
  "a?b",
  "a%b",
  "a#b",
  "x".repeat(64),
];

for (const name of goodNames) {
  test(`a check can be named ${JSON.stringify(name)}`, () => {
    const { health } = startedLife();
    health.check(name, () => {})[Symbol.dispose]();
    health.pushCheck(name)[Symbol.dispose]();
  });
}

for (const name of [...badNames, "ping", "phase", 5, undefined, null]) {
  test(`a check cannot be named ${JSON.stringify(name)}`, () => {
    const { health } = startedLife();
    assertRefused(() => health.check(name as string, () => {}), "ERR_SEAWORTHY_OPTION", "name");
    assertRefused(() => health.pushCheck(name as string), "ERR_SEAWORTHY_OPTION", "name");
  });
}

test("a check that cannot be called is refused", () => {
  const { health } = startedLife();
  for (const check of [undefined, "tcp://db", {}, Promise.resolve()]) {
    assertRefused(() => health.check("db", check as () => void), "ERR_SEAWORTHY_OPTION", '"db"', "a function");
  }
});

test("liveness without failureRestartsContainer is refused, by types and in the run", () => {
  const { health } = startedLife();
  // @ts-expect-error -- what failing liveness costs has to be said
  assertRefused(() => health.check("db", () => {}, { gates: "liveness" }), "ERR_SEAWORTHY_LIVENESS_GATE", '"db"');
  // @ts-expect-error -- for results that are pushed as well
  assertRefused(() => health.pushCheck("db", { gates: "liveness" }), "ERR_SEAWORTHY_LIVENESS_GATE", '"db"');
  assert.deepEqual(health.snapshot().checks, []);
});

test("options of no known value are refused", () => {
  const { lifecycle } = createLife();
  for (const readinessWhileDraining of ["ready", true, null]) {
    const options = { readinessWhileDraining } as unknown as HealthOptions;
    assertRefused(() => createHealth(lifecycle, options), "ERR_SEAWORTHY_OPTION", "`readinessWhileDraining`");
  }
  assert.equal(createHealth(lifecycle).snapshot().readinessWhileDraining, healthDefaults.readinessWhileDraining);
});

test("probes run no check: fifty of them during a run see one run, and the same result", async () => {
  const { health, clock } = startedLife();
  let runs = 0;
  health.check(
    "db",
    async () => {
      runs += 1;
      const { promise, resolve } = promised();
      clock.after(200, resolve);
      await promise;
    },
    { ...everySecond, timeoutMs: 500 },
  );
  await clock.advance(100);
  for (let asked = 0; asked < 50; asked += 1) assert.equal(health.probe("readiness").result, "fail");
  assert.equal(runs, 1);
  await clock.advance(100);
  for (let asked = 0; asked < 50; asked += 1) assert.equal(health.probe("readiness").result, "pass");
  assert.equal(runs, 1);
});

test("a check that never settles fails readiness at its time-out, and says so", async () => {
  const { health, clock } = startedLife();
  health.check("db", () => promised().promise, everySecond);
  await clock.advance(100);
  assert.equal(health.probe("readiness").result, "fail");
  assert.match(reasonOf(health, "db") ?? "", /timeout/);
});

test("a check that hangs reaches failAfter, so that liveness hears of it", async () => {
  const life = startedLife();
  let wedged = false;
  life.health.check("loop", () => wedged && promised().promise, { ...restarts, failAfter: 3 });
  await life.clock.advance(500);
  wedged = true;
  await life.clock.advance(600 + 1_000);
  assert.equal(life.health.probe("liveness").result, "pass");
  await life.clock.advance(1_000);
  assert.equal(life.health.probe("liveness").result, "fail");
});

test("a result that is older than it may be fails readiness, and not liveness", async () => {
  const life = startedLife();
  life.health.pushCheck("bus", { staleAfterMs: 1_000 }).pass();
  life.health.pushCheck("loop", { ...restarts, staleAfterMs: 1_000 }).pass();
  assert.equal(answers(life), "startup pass, liveness pass, readiness pass");
  await life.clock.advance(1_001);
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
  assert.equal(reasonOf(life.health, "bus"), "the last result is too old");
});

test("a check on its interval is never stale while its runs come", async () => {
  const { health, clock } = startedLife();
  health.check("db", () => {}, everySecond);
  for (let turn = 0; turn < 40; turn += 1) {
    await clock.advance(250);
    assert.equal(health.snapshot().checks[0]?.stale, false);
  }
});

test("readiness turns red at the third failure in a row, and green at the second pass in a row", async () => {
  const { health, clock } = startedLife();
  const results = "PFFPFFFPFPP".split("");
  health.check("db", () => results.shift() === "P" || assert.fail("refused"), {
    ...everySecond,
    failAfter: 3,
    passAfter: 2,
  });
  let seen = "";
  for (let run = 0; run < 11; run += 1) {
    await clock.advance(run === 0 ? 0 : 1_000);
    seen += health.probe("readiness").result === "pass" ? "g" : "r";
  }
  assert.equal(seen, "ggggggrrrrg");
});

test("a failing check without a gate is degraded: readiness passes and liveness does not know of it", async () => {
  const life = startedLife();
  life.health.check("cache", refuses(), { gates: "none", ...everySecond });
  await life.clock.advance(0);
  assert.equal(answers(life), "startup pass, liveness pass, readiness pass");
  assert.equal(life.health.probe("readiness").entries[2]?.result, "degraded");
  assert.deepEqual(
    life.health.probe("liveness").entries.map(({ name }) => name),
    ["ping", "phase"],
  );
});

test("a failing check of readiness never reaches liveness", async () => {
  const life = startedLife();
  life.health.check("db", refuses(), everySecond);
  await life.clock.advance(60_000);
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
});

test("in its grace period a check cannot fail liveness, but fails readiness at once", async () => {
  const life = startedLife();
  life.health.check("loop", refuses(), {
    ...restarts,
    gates: ["liveness", "readiness"],
    livenessGraceMs: 10_000,
  });
  await life.clock.advance(0);
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
  await life.clock.advance(9_999);
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
  await life.clock.advance(1);
  assert.equal(answers(life), "startup pass, liveness fail, readiness fail");
});

test("a pushed check is what was said last", () => {
  const life = startedLife();
  const bus = life.health.pushCheck("bus");
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
  bus.pass();
  assert.equal(answers(life), "startup pass, liveness pass, readiness pass");
  bus.fail(new Error("rebalancing"));
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
  assert.equal(reasonOf(life.health, "bus"), "rebalancing");
});

test("a pushed check runs on no timer", () => {
  const { health, clock } = startedLife();
  health.pushCheck("bus", { staleAfterMs: 1_000 }).pass();
  assert.equal(clock.waiting(), 0);
});

test("disposing takes a check away, stops its runs and frees its name", async () => {
  const { health, clock } = startedLife();
  let runs = 0;
  const check = health.check("db", () => void (runs += 1), everySecond);
  const bus = health.pushCheck("bus");
  await clock.advance(1_500);
  check[Symbol.dispose]();
  bus[Symbol.dispose]();
  assert.deepEqual(health.snapshot().checks, []);
  assert.equal(health.probe("readiness").result, "pass");
  await clock.advance(10_000);
  assert.equal(runs, 2);
  assert.equal(clock.waiting(), 0);
  health.check("bus", () => {});
  health.pushCheck("db");
});

test("disposing twice does not take away a later check of that name", () => {
  const { health } = startedLife();
  const check = health.check("db", () => {});
  const bus = health.pushCheck("bus");
  check[Symbol.dispose]();
  bus[Symbol.dispose]();
  health.check("db", () => {});
  health.pushCheck("bus");
  check[Symbol.dispose]();
  bus[Symbol.dispose]();
  assert.deepEqual(
    health.snapshot().checks.map(({ name }) => name),
    ["db", "bus"],
  );
});

test("what was taken away says nothing any more, nor for a later check of that name", async (t) => {
  const { health, clock } = startedLife();
  const heard = listen(t, health, "run");
  const bus = health.pushCheck("bus");
  const late = promised();
  const check = health.check("db", () => late.promise, everySecond);
  await clock.advance(0);
  bus[Symbol.dispose]();
  check[Symbol.dispose]();
  health.pushCheck("bus").pass();
  health.pushCheck("db").pass();
  bus.fail(new Error("gone"));
  late.reject(new Error("gone"));
  await clock.advance(10_000);
  assert.deepEqual(
    heard.map(({ name, result }) => `${name} ${result}`),
    ["bus pass", "db pass"],
  );
  assert.equal(health.probe("readiness").result, "pass");
});

test("what a check holds is let go of once: when it is taken away or when the process has stopped", async () => {
  const { health, lifecycle } = startedLife();
  let disposals = 0;
  const holding = (): (() => void) & Disposable =>
    Object.assign(() => {}, { [Symbol.dispose]: () => void (disposals += 1) });
  const first = health.check("db", holding());
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert.equal(disposals, 1);
  const second = health.check("cache", holding());
  await lifecycle.stop();
  second[Symbol.dispose]();
  assert.equal(disposals, 2);
});

test("a check that cannot let go does not keep the others when the process stops", async () => {
  const { health, lifecycle } = startedLife();
  let disposals = 0;
  const holding = (dispose: () => void): (() => void) & Disposable =>
    Object.assign(() => {}, { [Symbol.dispose]: dispose });
  health.check("db", holding(refuses()));
  health.check(
    "cache",
    holding(() => void (disposals += 1)),
  );
  const report = await lifecycle.stop();
  await lifecycle.clock.turn();
  assert.equal(disposals, 1);
  assert.equal(report.clean, true);
});

test("checks stop when the process has stopped, and not before", async () => {
  const { health, lifecycle, clock } = startedLife();
  const signals: AbortSignal[] = [];
  let runs = 0;
  health.check("db", () => void (runs += 1), everySecond);
  health.check("bus", ({ signal }) => {
    signals.push(signal);
    return promised().promise;
  });
  await clock.advance(500);
  const hand = promised();
  lifecycle.onDrain("orders", () => hand.promise);
  const stopped = lifecycle.stop();
  await clock.advance(1_000);
  assert.equal(lifecycle.phase, "draining");
  assert.equal(runs, 2);
  hand.resolve();
  await stopped;
  assert.equal(signals[0]?.aborted, true);
  await clock.advance(20_000);
  assert.equal(runs, 2);
  assert.equal(clock.waiting(), 0);
});

test("while stopping a failing dependency is no news, and a failing liveness check is", async (t) => {
  const { health, lifecycle, clock } = startedLife();
  const pool = promised();
  let open = true;
  const isOpen = (): void => {
    if (!open) throw new Error("the pool has ended");
  };
  health.check("db", isOpen, everySecond);
  health.check("loop", isOpen, restarts);
  await clock.advance(0);
  lifecycle.onStop("pool", () => {
    open = false;
    return pool.promise;
  });
  const news = listen(t, health, "check");
  const runs = listen(t, health, "run");
  const stopped = lifecycle.stop();
  await clock.advance(1_000);
  assert.equal(lifecycle.phase, "stopping");
  assert.deepEqual(
    [...news, ...runs].map(({ name }) => name),
    ["loop", "loop"],
  );
  assert.equal(health.probe("liveness").result, "fail");
  pool.resolve();
  await stopped;
});

test("what is pushed after the process has stopped is no news", async (t) => {
  const { health, lifecycle } = startedLife();
  const bus = health.pushCheck("bus", { gates: "liveness", failureRestartsContainer: true });
  bus.pass();
  await lifecycle.stop();
  const news = listen(t, health, "run");
  bus.fail(new Error("closed"));
  assert.deepEqual(news, []);
  assert.equal(health.probe("liveness").result, "pass");
});

test("readiness fails from the first moment of a stop, and liveness never because of it", async () => {
  const life = startedLife();
  const hand = promised();
  const pool = promised();
  life.lifecycle.onDrain("orders", () => hand.promise);
  life.lifecycle.onStop("pool", () => pool.promise);
  const stopped = life.lifecycle.stop();
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
  await life.clock.advance(0);
  hand.resolve();
  await life.clock.advance(0);
  assert.equal(life.lifecycle.phase, "stopping");
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
  pool.resolve();
  await stopped;
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
});

test("by a setting readiness stays as it was until the drain window is over", async () => {
  const life = startedLife({ readinessWhileDraining: "pass" });
  const bus = life.health.pushCheck("bus");
  bus.pass();
  life.lifecycle.openDoor();
  const stopped = life.lifecycle.stop();
  await life.clock.advance(999);
  assert.equal(answers(life), "startup pass, liveness pass, readiness pass");
  bus.fail(new Error("closed"));
  assert.equal(life.health.probe("readiness").result, "fail", "as it was: a failing check counts");
  bus.pass();
  const hand = promised();
  life.lifecycle.onDrain("orders", () => hand.promise);
  await life.clock.advance(1);
  assert.equal(life.lifecycle.phase, "draining");
  assert.equal(answers(life), "startup pass, liveness pass, readiness fail");
  hand.resolve();
  await stopped;
});

test("a service that is stopped while starting was never ready, whatever the setting", async () => {
  const life = createLife({ readinessWhileDraining: "pass" });
  life.lifecycle.openDoor();
  const hand = promised();
  life.lifecycle.onDrain("orders", () => hand.promise);
  const stopped = life.lifecycle.stop();
  assert.equal(life.lifecycle.phase, "draining");
  assert.equal(life.health.probe("readiness").result, "fail");
  hand.resolve();
  await stopped;
});

test("a snapshot can be posted to another thread, and is answered there as here", async () => {
  const { health, clock } = startedLife();
  health.check("db", refuses(), everySecond);
  health.check("loop", () => {}, restarts);
  health.pushCheck("bus").fail(Object.assign(new Error("gone"), { socket: () => {} }));
  await clock.advance(0);
  const { port1, port2 } = new MessageChannel();
  const snapshot = health.snapshot();
  port1.postMessage(snapshot);
  assert.deepEqual(receiveMessageOnPort(port2), { message: snapshot });
  port1.close();
});

test("a snapshot tells the interval of a check that runs", () => {
  const { health } = startedLife();
  health.check("db", () => {}, everySecond);
  health.pushCheck("bus");
  assert.deepEqual(
    health.snapshot().checks.map(({ intervalMs }) => intervalMs),
    [1_000, undefined],
  );
});

test("a snapshot is of one moment: what comes later does not change it", () => {
  const { health } = startedLife();
  const bus = health.pushCheck("bus");
  bus.pass();
  const before = health.snapshot();
  bus.fail(new Error("gone"));
  assert.equal(before.checks[0]?.status, "pass");
});

test("every method may be taken off", async () => {
  const { health, clock } = startedLife();
  const { check, pushCheck, probe, snapshot } = health;
  const options: CheckOptions = everySecond;
  check("db", () => {}, options);
  const { pass, fail } = pushCheck("bus");
  await clock.advance(0);
  pass();
  assert.equal(probe("readiness").result, "pass");
  fail("gone");
  assert.equal(probe("readiness").result, "fail");
  assert.equal(snapshot().checks.length, 2);
});

test("whoever listens hears of every change that can change an answer", async () => {
  const life = createLife();
  const heard: string[] = [];
  const listening = life.health.onChange(() => heard.push(answers(life)));
  life.lifecycle.markStarted();
  const queue = life.health.pushCheck("queue");
  queue.pass();
  queue.pass();
  queue.fail(new Error("gone"));
  queue[Symbol.dispose]();
  assert.deepEqual(
    heard.map((text) => text.replaceAll(/startup |liveness |readiness /g, "")),
    ["pass, pass, pass", "pass, pass, fail", "pass, pass, pass", "pass, pass, fail", "pass, pass, pass"],
  );
  listening[Symbol.dispose]();
  await life.lifecycle.stop();
  assert.equal(heard.length, 5);
});
