import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Agent, Server as HttpServer, createServer, get } from "node:http";
import { type AddressInfo, type Server, connect } from "node:net";
import { type TestContext, describe, test } from "node:test";
import { type LifecycleEvents, createLifecycle, lifecycleChannels, systemClock } from "@seaworthy/lifecycle";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { discoverServers } from "../../src/discovery.ts";
import { type CloseListener, closeListenerAlone, lingers } from "../../src/drain/linger.ts";

/** A Node on which closing a listener closes idle sockets as well. */
function closeIdleToo(this: Server): void {
  HttpServer.prototype.close.call(this);
}

describe("whether idle sockets linger", () => {
  test("is so on this Node", async () => {
    assert.equal(await lingers(systemClock, closeListenerAlone), true);
  });

  test("is seen not to be so where a listener takes them with it", async () => {
    assert.equal(await lingers(systemClock, closeIdleToo), false);
    const destroysAll: CloseListener = function destroysAll() {
      (this as HttpServer).closeAllConnections();
    };
    assert.equal(await lingers(systemClock, destroysAll), false);
  });

  test("is looked at once", async () => {
    let looks = 0;
    const counting: CloseListener = function counting() {
      looks += 1;
      closeListenerAlone.call(this);
    };
    await Promise.all([lingers(systemClock, counting), lingers(systemClock, counting)]);
    assert.equal(await lingers(systemClock, counting), true);
    assert.equal(looks, 1);
  });

  test("is looked at without a request that others could take for one", async (t) => {
    const onRequest = (): void => assert.fail("a request");
    subscribe("http.server.request.start", onRequest);
    t.after(() => unsubscribe("http.server.request.start", onRequest));
    await lingers(systemClock, function fresh() {
      closeListenerAlone.call(this);
    });
  });
});

/** A service on a Node without linger, whose clock is a test's own. */
async function withoutLinger(t: TestContext) {
  const clock = createManualClock();
  const lifecycle = createLifecycle({
    clock,
    gracePeriodMs: 20_000,
    drainWindow: { minMs: 0, maxMs: 0, quietMs: 0 },
  });
  const notices: LifecycleEvents["notice"][] = [];
  const onNotice = (message: unknown): void => void notices.push(message as LifecycleEvents["notice"]);
  subscribe(lifecycleChannels.notice, onNotice);
  const servers = discoverServers(lifecycle, { lingerMs: 250 }, closeIdleToo);
  const listening = [0, 1].map(() =>
    createServer({ keepAliveTimeout: 0 }, (request, response) => {
      if (request.url !== "/held") response.end("done");
    }).listen(0, "127.0.0.1"),
  );
  await Promise.all(listening.map((server) => once(server, "listening")));
  t.after(() => {
    unsubscribe(lifecycleChannels.notice, onNotice);
    servers[Symbol.dispose]();
    for (const server of listening) {
      server.close();
      server.closeAllConnections();
    }
  });
  lifecycle.markStarted();
  const [server] = listening as [HttpServer];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { clock, lifecycle, notices, server, url };
}

/** Lets the steps that need no time be taken. */
async function settled(clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
}

async function ask(url: string, agent?: Agent): Promise<string> {
  const [response] = await once(get(url, { agent: agent ?? false }), "response");
  response.resume();
  await once(response, "end");
  return `${response.statusCode} ${response.headers.connection}`;
}

describe("where idle sockets do not linger, the listener does:", () => {
  test("it stays until no request has come for the linger, and serves until then", async (t) => {
    const { clock, lifecycle, server, url } = await withoutLinger(t);
    const agents = [0, 1].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
    t.after(() => agents.forEach((agent) => agent.destroy()));
    for (const agent of agents) assert.equal(await ask(url, agent), "200 keep-alive");
    const stopped = lifecycle.stop();
    await clock.advance(249);
    assert.equal(await ask(url, agents[0]), "200 close", "an idle socket is served");
    await clock.advance(249);
    assert.equal(await ask(url), "200 close", "a new socket is served");
    await clock.advance(249);
    assert.equal(server.listening, true);
    assert.equal(await ask(url, agents[1]), "200 close");
    await clock.advance(250);
    await settled(clock);
    assert.equal(server.listening, false);
    while (lifecycle.phase !== "stopped") await clock.advance(10);
    assert.equal((await stopped).clean, true);
  });

  test("it says so, once", async (t) => {
    const { clock, lifecycle, notices } = await withoutLinger(t);
    const stopped = lifecycle.stop();
    while (lifecycle.phase !== "stopped") await clock.advance(10);
    await stopped;
    assert.deepEqual(
      notices.map(({ code }) => code),
      ["linger"],
    );
    assert.match(notices[0]?.message ?? "", /Node closes idle connections/);
  });

  test("it closes with the drain budget when requests never cease", async (t) => {
    const { clock, lifecycle, server, url } = await withoutLinger(t);
    const stopped = lifecycle.stop();
    while (server.listening && clock.now() < 20_000) {
      await clock.advance(200);
      await settled(clock);
      if (server.listening) await ask(url);
    }
    const closedAt = clock.now();
    assert.ok(closedAt > 1_000 && closedAt < 20_000, `closed after ${closedAt}`);
    while (lifecycle.phase !== "stopped") await clock.advance(10);
    assert.equal((await stopped).clean, true);
  });

  test("it goes on to finish what is in flight", async (t) => {
    const { clock, lifecycle, server } = await withoutLinger(t);
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    t.after(() => socket.destroy());
    const requested = once(server, "request");
    socket.write("GET /held HTTP/1.1\r\nHost: x\r\n\r\n");
    const [, response] = await requested;
    const stopped = lifecycle.stop();
    await clock.advance(250);
    await settled(clock);
    assert.equal(server.listening, false);
    response.end("done");
    const [heard] = await once(socket.setEncoding("utf8"), "data");
    assert.match(heard, /^HTTP\/1\.1 200 [\s\S]+Connection: close/);
    while (lifecycle.phase !== "stopped") await clock.advance(10);
    const { finished, clean } = await stopped;
    assert.deepEqual([finished, clean], [1, true]);
  });
});
