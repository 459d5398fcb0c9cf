import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { test } from "node:test";
import request from "supertest";
import { type HttpEvents, httpChannels } from "../src/channels.ts";
import { probeHandler } from "../src/probe-handler.ts";
import { failReadiness, startedService } from "./service.ts";

test("the channels have the names that are told", () => {
  assert.deepEqual(httpChannels, {
    probe: "seaworthy.http.probe",
    stall: "seaworthy.http.stall",
    server: "seaworthy.http.server",
  });
});

test("every answered probe is told, with who asked and what was answered", async (t) => {
  const service = startedService();
  failReadiness(service);
  const heard: HttpEvents["probe"][] = [];
  const onMessage = (message: unknown): void => {
    const event = message as HttpEvents["probe"];
    if (event.health === service.health) heard.push(event);
  };
  subscribe(httpChannels.probe, onMessage);
  t.after(() => unsubscribe(httpChannels.probe, onMessage));
  const probes = probeHandler(service.health);
  const app = createServer((req, res) => void probes(req, res));

  await request(app).get("/readyz?verbose").set("user-agent", "kube-probe/1.34");
  await request(app).get("/livez");
  await request(app).get("/readyz/ping");
  assert.deepEqual(
    heard.map(({ request: { url }, result }) => `${url} ${result.probe} ${result.result}`),
    ["/readyz?verbose readiness fail", "/livez liveness pass", "/readyz/ping readiness pass"],
  );
});

test("what is no answer of a probe is not told", async (t) => {
  let heard = 0;
  const onMessage = (): void => void (heard += 1);
  subscribe(httpChannels.probe, onMessage);
  t.after(() => unsubscribe(httpChannels.probe, onMessage));
  const probes = probeHandler(startedService().health);
  const app = createServer((req, res) => void probes(req, res));
  await request(app).get("/orders").expect(404);
  await request(app).get("/readyz/nosuch").expect(404);
  await request(app).post("/readyz").expect(405);
  assert.equal(heard, 0);
});
