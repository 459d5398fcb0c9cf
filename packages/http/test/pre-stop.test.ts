import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { type TestContext, describe, test } from "node:test";
import { type LifecycleEvents, lifecycleChannels } from "@seaworthy/lifecycle";
import request from "supertest";
import { probeHandler } from "../src/probe-handler.ts";
import type { ProbeOptions } from "../src/probe-options.ts";
import { startedService } from "./service.ts";

const token = "0123456789abcdef";

/** An application's own port, and what the log says of it. */
function mounted(t: TestContext, options?: ProbeOptions) {
  const { health, lifecycle } = startedService();
  const notices: string[] = [];
  const hear = (event: unknown): void => void notices.push((event as LifecycleEvents["notice"]).message);
  subscribe(lifecycleChannels.notice, hear);
  t.after(() => unsubscribe(lifecycleChannels.notice, hear));
  return { app: createServer(probeHandler(health, options)), lifecycle, notices };
}

describe("a preStop hook on the application's port", () => {
  test("is refused, and the log says so once", async (t) => {
    const { app, lifecycle, notices } = mounted(t);
    for (let times = 0; times < 3; times += 1) await request(app).get("/prestop").expect(403);
    assert.equal(lifecycle.leaving, false);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? "", /Send it to the probe port/);
  });

  test("opens the drain window for whoever shows the token that was set", async (t) => {
    const { app, lifecycle } = mounted(t, { preStopToken: token });
    await request(app)
      .get("/prestop")
      .set("authorization", `Bearer ${token}`)
      .expect(200, /^The drain window is over after/);
    assert.equal(lifecycle.leaving, true);
  });

  test("is refused without that token, and the log says so once, without it", async (t) => {
    const { app, lifecycle, notices } = mounted(t, { preStopToken: token });
    await request(app).get("/prestop").expect(401).expect("www-authenticate", "Bearer");
    await request(app).post("/prestop").set("authorization", `Bearer ${token}x`).expect(401);
    assert.equal(lifecycle.leaving, false);
    assert.equal(notices.length, 1);
    assert.match(notices[0] ?? "", /without the right token .+ Authorization: Bearer <token>/);
    assert.ok(!notices[0]?.includes(token));
  });
});
