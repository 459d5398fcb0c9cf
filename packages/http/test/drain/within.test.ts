import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { systemClock } from "@seaworthy/lifecycle";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { within } from "../../src/drain/within.ts";

test("what happens within a time has happened, and leaves no timer behind", async () => {
  const clock = createManualClock();
  const happening = Promise.withResolvers<void>();
  const happened = within(clock, 100, happening.promise, new AbortController().signal);
  await clock.advance(99);
  happening.resolve();
  assert.equal(await happened, true);
  assert.equal(clock.waiting(), 0);
});

test("what does not has not", async () => {
  const clock = createManualClock();
  const happened = within(clock, 100, new Promise(() => {}), new AbortController().signal);
  await clock.advance(100);
  assert.equal(await happened, false);
});

test("nothing is waited for once the signal aborts", async () => {
  const clock = createManualClock();
  const signal = new AbortController();
  const happened = within(clock, 100, new Promise(() => {}), signal.signal);
  signal.abort();
  assert.equal(await happened, false);
  assert.equal(clock.waiting(), 0);
  assert.equal(await within(clock, 100, new Promise(() => {}), signal.signal), false);
});

test("what came during a stall has happened in time, though timers are told of their time first", async () => {
  const server = createServer((socket) => void socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const arrived = once(server, "connection");
  const happened = within(systemClock, 20, arrived, new AbortController().signal);
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").resume();
  const end = performance.now() + 100;
  while (performance.now() < end);
  assert.equal(await happened, true);
  client.destroy();
  server.close();
});
