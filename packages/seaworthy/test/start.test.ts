import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { describe, test } from "node:test";
import { drainServers } from "@seaworthy/http";
import {
  SeaworthyError,
  bindProcess,
  createLifecycle,
  lifecycleChannels,
  processLifecycle,
} from "@seaworthy/lifecycle";
import { service, start } from "seaworthy";
import type { StartOptions } from "seaworthy";

/** Everything outside itself that a start takes hold of. */
const held = (): object => ({
  listeners: Object.fromEntries(process.eventNames().map((name) => [name, process.listenerCount(name)])),
  resources: process.getActiveResourcesInfo().filter((kind) => /Server|Timeout/.test(kind)),
  subscribed: [
    ...Object.values(lifecycleChannels),
    "http.server.request.start",
    "tracing:net.server.listen:asyncEnd",
  ].filter((name) => channel(name).hasSubscribers),
  life: processLifecycle(),
});

const mistakes: Readonly<Record<string, readonly [options: unknown, code: string, message: RegExp]>> = {
  "an unknown option": [{ gracePeriod: 5 }, "ERR_SEAWORTHY_OPTION", /gracePeriodMs/],
  "a grace period that is no number": [{ gracePeriodMs: "30" }, "ERR_SEAWORTHY_OPTION", /gracePeriodMs/],
  "parts longer than the whole": [{ stopTailMs: 60_000 }, "ERR_SEAWORTHY_BUDGET", /stopTailMs/],
  "an OS signal that cannot be caught": [{ osSignals: ["SIGKILL"] }, "ERR_SEAWORTHY_OS_SIGNAL", /SIGKILL/],
  "a probe port that is none": [{ probePort: 70_000 }, "ERR_SEAWORTHY_OPTION", /probePort/],
  "a probe path without a slash": [{ probePaths: { liveness: "livez" } }, "ERR_SEAWORTHY_OPTION", /liveness/],
  "two probes on one path": [{ probePaths: { liveness: "/readyz" } }, "ERR_SEAWORTHY_OPTION", /readyz/],
  "reasons that are neither shown nor not": [{ showReasons: 1 }, "ERR_SEAWORTHY_OPTION", /showReasons/],
  "a linger time below 0": [{ lingerMs: -1 }, "ERR_SEAWORTHY_OPTION", /lingerMs/],
  "a readiness that is neither": [{ readinessWhileDraining: 1 }, "ERR_SEAWORTHY_OPTION", /readinessWhileDraining/],
  "a log that is none": [{ log: "loud" }, "ERR_SEAWORTHY_OPTION", /log/],
  "no object": ["orders", "ERR_SEAWORTHY_OPTION", /object/],
};

describe("a start that is refused leaves nothing behind", () => {
  for (const [what, [options, code, message]] of Object.entries(mistakes)) {
    test(what, () => {
      const before = held();
      const quiet = (typeof options === "object" ? { log: false, ...options } : options) as StartOptions;
      assert.throws(
        () => start(quiet),
        (error: unknown) => {
          assert.ok(error instanceof SeaworthyError, String(error));
          assert.equal(error.code, code);
          assert.match(error.message, message);
          return true;
        },
      );
      assert.deepEqual(held(), before);
    });
  }

  test("a life whose servers are drained already", (t) => {
    const life = createLifecycle();
    const binding = bindProcess(life);
    const servers = drainServers(life);
    t.after(() => {
      servers[Symbol.dispose]();
      binding[Symbol.dispose]();
    });
    const before = held();
    for (let times = 0; times < 2; times += 1) {
      assert.throws(() => start({ log: false, probePort: 0 }), { code: "ERR_SEAWORTHY_ALREADY_DRAINED" });
    }
    assert.deepEqual(held(), before);
  });

  test("a variable that makes no sense", (t) => {
    const before = held();
    process.env["SEAWORTHY_PROBE_PORT"] = "http";
    t.after(() => Reflect.deleteProperty(process.env, "SEAWORTHY_PROBE_PORT"));
    assert.throws(() => start({ log: false }), { code: "ERR_SEAWORTHY_ENVIRONMENT" });
    assert.deepEqual(held(), before);
  });
});

test("there is no service before the start, and a failed one is none", () => {
  assert.throws(() => start({ log: false, probePort: -1 }));
  assert.throws(service, { code: "ERR_SEAWORTHY_NOT_STARTED" });
});
