import "reflect-metadata";
import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { Controller, Get } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { visitors } from "./rolling.ts";
import { drainedService, longMs } from "./service.ts";
import { sockets } from "./until.ts";

const closings: string[] = [];

class Orders {
  list(): string {
    return "done";
  }
  beforeApplicationShutdown(): void {
    closings.push("nest closes");
  }
}

// What decorators do, written out: Node strips types, and decorators are more than types.
const list = Object.getOwnPropertyDescriptor(Orders.prototype, "list") ?? {};
Get()(Orders.prototype, "list", list);
Controller()(Orders);

async function application(t: TestContext): Promise<{ close(): Promise<void>; url: string }> {
  const app = await NestFactory.create(
    { module: Orders, controllers: [Orders] },
    { logger: false, return503OnClosing: true },
  );
  await app.listen(0, "127.0.0.1");
  t.after(() => app.close());
  return { close: () => app.close(), url: await app.getUrl() };
}

describe("an application of Nest that answers with 503 once it closes", { timeout: longMs }, () => {
  test("answers with 200 through the whole drain window when a stop hook closes it", async (t) => {
    const clock = createManualClock();
    const drainWindow = { minMs: 1_000, maxMs: 1_000, quietMs: 0 };
    const { lifecycle } = drainedService(t, { clock, drainWindow, gracePeriodMs: 20_000 });
    const { close, url } = await application(t);
    lifecycle.onStop("nest", () => {
      closings.push(`in flight: ${lifecycle.inFlight.count()}`);
      return close();
    });
    const { visit } = await visitors(t, url, clock);
    const stopped = lifecycle.stop();
    assert.deepEqual([...new Set(await visit(1_000))], [200]);
    while (lifecycle.phase !== "stopped") {
      await clock.advance(10);
      await sockets();
    }
    const { clean, hooks } = await stopped;
    assert.equal(clean, true);
    // Once for the module and once for the controller: nothing of Nest's end comes before the drain's.
    assert.deepEqual([...new Set(closings)], ["in flight: 0", "nest closes"]);
    assert.deepEqual(
      hooks.map(({ kind, outcome }) => `${kind} ${outcome}`),
      ["drain done", "stop done"],
    );
  });
});
