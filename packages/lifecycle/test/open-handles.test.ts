import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { openHandles } from "../src/open-handles.ts";

test("what holds the event loop is counted by its kind", async (t) => {
  const before = openHandles()["TCPServerWrap"] ?? 0;
  const servers = [createServer(), createServer()];
  t.after(() => servers.forEach((server) => server.close()));
  for (const server of servers) await once(server.listen(0), "listening");
  assert.equal(openHandles()["TCPServerWrap"], before + 2);
  servers[0]?.unref();
  assert.equal(openHandles()["TCPServerWrap"], before + 1);
});
