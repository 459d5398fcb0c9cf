import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { type IncomingMessage, type Server, get } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import * as nodeServer from "@hono/node-server";
import * as hono from "hono";
import { PatternRouter } from "hono/router/pattern-router";
import { SmartRouter } from "hono/router/smart-router";
import { Hono as TinyHono } from "hono/tiny";
import { watchLoadedHono } from "../../src/http/loaded-hono.ts";
import { type Traced, traced } from "./traced.ts";

interface Library {
  readonly Hono: new () => hono.Hono;
  readonly serve: typeof nodeServer.serve;
}

const require = createRequire(import.meta.url);
const imported: Library = { Hono: hono.Hono, serve: nodeServer.serve };
const required = (): Library => ({
  ...(require("hono") as Pick<Library, "Hono">),
  ...(require("@hono/node-server") as Pick<Library, "serve">),
});

const listenChannel = "tracing:net.server.listen:asyncEnd";

/** Serves, asks as soon as the server listens, and resolves with the name of the span. */
async function nameOfFirst(t: TestContext, tracing: Traced, { Hono, serve }: Library, watch: () => void) {
  const app = new Hono();
  app.get("/users/:id", (context) => context.text("ok"));
  // As it is with no code at all: telemetry begins as the first server listens.
  const onListen = (): void => {
    unsubscribe(listenChannel, onListen);
    watch();
  };
  subscribe(listenChannel, onListen);
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const [response] = (await once(get({ port, host: "127.0.0.1", path: "/users/7", agent: false }), "response")) as [
    IncomingMessage,
  ];
  await response.toArray();
  return (await tracing.ended(1))[0]?.name;
}

for (const [name, library] of Object.entries({
  imported: () => imported,
  "imported with its smallest router": () => ({ ...imported, Hono: TinyHono as Library["Hono"] }),
  required,
})) {
  test(`Hono that is ${name} has its routes told from the first request on, and no more when it is let go of`, async (t) => {
    const tracing = traced(t);
    const loaded = library();
    let watched: Disposable | undefined;
    const before = [SmartRouter.prototype.match, PatternRouter.prototype.match];
    const notices: unknown[] = [];
    const watch = (): void => void (watched = watchLoadedHono((notice) => void notices.push(notice)));
    assert.equal(await nameOfFirst(t, tracing, loaded, watch), "GET /users/:id");
    watched?.[Symbol.dispose]();
    assert.deepEqual([SmartRouter.prototype.match, PatternRouter.prototype.match], before);
    assert.deepEqual(notices, []);
    const again = traced(t);
    assert.equal(await nameOfFirst(t, again, loaded, () => {}), "GET");
  });
}

test("Hono that is let go of before it has come is left as it is", async () => {
  const before = [SmartRouter.prototype.match, PatternRouter.prototype.match];
  watchLoadedHono(() => {})[Symbol.dispose]();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([SmartRouter.prototype.match, PatternRouter.prototype.match], before);
});
