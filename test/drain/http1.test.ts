import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type Socket, connect } from "node:net";
import { describe, test } from "node:test";
import { type Clock, systemClock } from "@seaworthy/lifecycle";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { ask } from "../harness/ask.ts";
import { holdRequests } from "./held.ts";
import { connections, drainedService, longMs, serve } from "./service.ts";
import { talk } from "./talk.ts";
import { encrypted, plain } from "./transports.ts";
import { sockets, until } from "./until.ts";

const answerAtOnce = (_request: unknown, response: ServerResponse): void => void response.end("done");

for (const transport of [plain, encrypted()]) {
  describe(`a server of ${transport.scheme}`, { timeout: longMs }, () => {
    test("stops at once when nobody is connected, and listens no more", async (t) => {
      const { lifecycle } = drainedService(t);
      const { server } = await serve(t, transport, answerAtOnce);
      const report = await lifecycle.stop();
      assert.equal(server.listening, false);
      assert.equal(report.clean, true);
      assert.ok(report.durationMs < longMs / 2);
    });

    test("is left as it was while not draining: connections are kept, and headers are the application's", async (t) => {
      const { servers } = drainedService(t);
      const ours = await serve(t, transport, answerAtOnce);
      const strange = await serve(t, transport, answerAtOnce);
      servers.ignore(strange.server);
      const headersOf = async (port: number): Promise<string> => {
        const client = talk(t, await transport.connect(port));
        client.ask("/one");
        await client.answers(1);
        client.ask("/two");
        const answers = await client.answers(2);
        assert.deepEqual(
          answers.map(({ status, connection }) => `${status} ${connection}`),
          ["200 keep-alive", "200 keep-alive"],
        );
        return client.heard().replaceAll(/^Date: .+$/gm, "");
      };
      assert.equal(await headersOf(ours.port), await headersOf(strange.port));
    });

    test("finishes a request in flight, tells its client to leave, and stops right after", async (t) => {
      const { lifecycle } = drainedService(t);
      const held = holdRequests();
      const { server, port } = await serve(t, transport, held.listener);
      const client = talk(t, await transport.connect(port));
      client.ask("/orders");
      await held.whenHeld(1);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      assert.equal(lifecycle.inFlight.count(), 1);
      held.release();
      const report = await stopped;
      assert.deepEqual(await client.answers(1), [{ status: 200, connection: "close", body: "done" }]);
      assert.equal(await client.ended, "in order");
      assert.deepEqual([report.clean, report.finished, report.cut], [true, 1, []]);
      assert.ok(report.durationMs < longMs / 2);
    });

    test("tells the client of a handler that answers synchronously to leave", async (t) => {
      const { lifecycle } = drainedService(t, { drainWindow: { minMs: longMs / 2, maxMs: longMs / 2 } });
      const { port } = await serve(t, transport, answerAtOnce);
      const client = talk(t, await transport.connect(port));
      client.ask("/before");
      assert.equal((await client.answers(1))[0]?.connection, "keep-alive");
      void lifecycle.stop();
      client.ask("/after");
      assert.equal((await client.answers(2))[1]?.connection, "close");
      assert.equal(await client.ended, "in order");
      const fresh = talk(t, await transport.connect(port));
      fresh.ask("/fresh");
      assert.equal((await fresh.answers(1))[0]?.connection, "close");
      assert.equal(await fresh.ended, "in order");
    });

    test("ends the socket of a response whose application wrote a Connection header of its own", async (t) => {
      const { lifecycle } = drainedService(t, { lingerMs: longMs });
      const held = holdRequests((_request, response) => {
        response.setHeader("connection", "keep-alive");
        response.end("done");
      });
      const { port } = await serve(t, transport, held.listener);
      const client = talk(t, await transport.connect(port));
      client.ask("/orders");
      await held.whenHeld(1);
      const stopped = lifecycle.stop();
      held.release();
      assert.equal((await client.answers(1))[0]?.connection, "keep-alive");
      assert.equal(await client.ended, "in order");
      client.socket.end();
      assert.ok((await stopped).durationMs < longMs / 2);
    });

    test("keeps the promise of a response that began before the drain: the next request is served, and told", async (t) => {
      const { lifecycle } = drainedService(t, { lingerMs: longMs });
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const { server, port } = await serve(t, transport, (_request, response) => {
        response.setHeader("content-length", 8);
        response.write("some");
        void released.then(() => response.end("more"));
      });
      const client = talk(t, await transport.connect(port));
      client.ask("/orders");
      await until(() => client.heard().endsWith("some"));
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      release();
      assert.deepEqual(await client.answers(1), [{ status: 200, connection: "keep-alive", body: "somemore" }]);
      await sockets();
      assert.equal(client.isOver(), false);
      client.ask("/next");
      assert.deepEqual((await client.answers(2))[1], { status: 200, connection: "close", body: "somemore" });
      assert.equal(await client.ended, "in order");
      assert.ok((await stopped).durationMs < longMs / 2);
    });

    test("keeps the promise of such a response for the linger, and no longer", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250 });
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const { server, port } = await serve(t, transport, (_request, response) => {
        response.setHeader("content-length", 8);
        response.write("some");
        void released.then(() => response.end("more"));
      });
      const client = talk(t, await transport.connect(port));
      client.ask("/orders");
      await until(() => client.heard().endsWith("some"));
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(1_000);
      release();
      await client.answers(1);
      await until(() => lifecycle.inFlight.count() === 0);
      await sockets();
      await clock.advance(249);
      await sockets();
      assert.equal(client.isOver(), false);
      await clock.advance(1);
      assert.equal(await client.ended, "in order");
      assert.equal((await stopped).clean, true);
    });

    test("finishes an upload", async (t) => {
      const { lifecycle } = drainedService(t);
      const { server, port } = await serve(t, transport, (request, response) => {
        let length = 0;
        request.on("data", (chunk: Buffer) => (length += chunk.length));
        request.on("end", () => response.end(String(length)));
      });
      const client = talk(t, await transport.connect(port));
      client.send("POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234");
      await once(server, "request");
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      client.send("56789");
      assert.deepEqual(await client.answers(1), [{ status: 200, connection: "close", body: "10" }]);
      assert.equal((await stopped).clean, true);
    });

    test("cuts a request that hangs when the drain budget is spent, not before, and names it without its query", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, gracePeriodMs: 10_000, exitReserveMs: 0, stopTailMs: 2_000 });
      const held = holdRequests();
      const { server, port } = await serve(t, transport, (request, response) => {
        if (request.url === "/before") response.end("done");
        else held.listener(request, response);
      });
      const client = talk(t, await transport.connect(port));
      client.ask("/before");
      await client.answers(1);
      client.ask("/orders/7?token=secret");
      await held.whenHeld(1);
      const stopped = lifecycle.stop();
      await clock.advance(7_999);
      await sockets();
      assert.equal(server.listening, false);
      assert.equal(client.isOver(), false);
      assert.equal(lifecycle.inFlight.count(), 1);
      await clock.advance(1);
      await client.ended;
      const { cut, finished, clean, hooks } = await stopped;
      assert.deepEqual(cut, [{ name: "GET /orders/7", ageMs: 8_000 }]);
      assert.deepEqual([finished, clean], [0, false], "what ended before the stop is not counted");
      assert.deepEqual(
        hooks.map(({ name, outcome }) => `${name} ${outcome}`),
        [`http server 127.0.0.1:${port} done`],
      );
      assert.equal(lifecycle.inFlight.count(), 0);
    });

    test("refuses new connections once it listens no more: none is accepted and then cut", async (t) => {
      const { lifecycle } = drainedService(t);
      const held = holdRequests();
      const { server, port } = await serve(t, transport, held.listener);
      const client = talk(t, await transport.connect(port));
      client.ask("/orders");
      await held.whenHeld(1);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      for (let attempt = 0; attempt < 20; attempt += 1) {
        await assert.rejects(once(connect(port, "127.0.0.1"), "connect"), { code: "ECONNREFUSED" });
      }
      held.release();
      await stopped;
    });

    test("serves a late request on an idle socket, and tells it to leave", async (t) => {
      const { lifecycle } = drainedService(t, { lingerMs: longMs });
      const { server, port } = await serve(t, transport, answerAtOnce);
      const client = talk(t, await transport.connect(port));
      client.ask("/before");
      await client.answers(1);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      client.ask("/late");
      assert.deepEqual((await client.answers(2))[1], { status: 200, connection: "close", body: "done" });
      assert.equal(await client.ended, "in order");
      const report = await stopped;
      assert.deepEqual([report.clean, report.finished], [true, 1]);
      assert.ok(report.durationMs < longMs / 2);
    });

    test("keeps idle sockets for the linger after the last request, and no longer", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250 });
      const { server, port } = await serve(t, transport, answerAtOnce);
      const [idle, late] = [talk(t, await transport.connect(port)), talk(t, await transport.connect(port))];
      for (const client of [idle, late]) {
        client.ask("/before");
        await client.answers(1);
      }
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(200);
      late.ask("/late");
      await late.ended;
      late.socket.end();
      await until(async () => (await connections(server)) === 1);
      await sockets();
      await clock.advance(249);
      await sockets();
      assert.equal(idle.isOver(), false);
      assert.equal(lifecycle.phase, "draining");
      await clock.advance(1);
      assert.equal(await idle.ended, "in order");
      assert.equal((await stopped).clean, true);
    });

    test("does not cut a request that comes late in the linger", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250 });
      const held = holdRequests();
      const { server, port } = await serve(t, transport, (request, response) => {
        if (request.url === "/before") response.end("done");
        else held.listener(request, response);
      });
      const client = talk(t, await transport.connect(port));
      client.ask("/before");
      await client.answers(1);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(249);
      client.ask("/late");
      await held.whenHeld(1);
      await clock.advance(5_000);
      await sockets();
      assert.equal(client.isOver(), false);
      held.release();
      assert.deepEqual((await client.answers(2))[1], { status: 200, connection: "close", body: "done" });
      client.socket.end();
      assert.equal((await stopped).clean, true);
    });

    test("cuts sockets that sent half of their headers or nothing, and does not wait for them", async (t) => {
      const { lifecycle } = drainedService(t);
      const { server, port } = await serve(t, transport, answerAtOnce);
      const [half, silent] = [talk(t, await transport.connect(port)), talk(t, await transport.connect(port))];
      half.send("GET /orders HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      await until(async () => (await connections(server)) === 2);
      await sockets();
      const report = await lifecycle.stop();
      await Promise.all([half.ended, silent.ended]);
      assert.equal(report.clean, true);
      assert.ok(report.durationMs < longMs / 2);
    });

    test("answers sockets that sent half of their headers or nothing with 408 while others are in flight", async (t) => {
      const { lifecycle } = drainedService(t);
      const held = holdRequests();
      const impatient = { headersTimeout: 300, connectionsCheckingInterval: 50 };
      const { server, port } = await serve(t, transport, held.listener, impatient);
      const client = talk(t, await transport.connect(port));
      client.ask("/orders");
      await held.whenHeld(1);
      const [half, silent] = [talk(t, await transport.connect(port)), talk(t, await transport.connect(port))];
      half.send("GET /orders HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      await until(async () => (await connections(server)) === 3);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await Promise.all([half.ended, silent.ended]);
      for (const { heard } of [half, silent]) assert.match(heard(), /^HTTP\/1\.1 408 /);
      assert.equal(lifecycle.inFlight.count(), 1);
      held.release();
      assert.equal((await client.answers(1))[0]?.status, 200);
      assert.equal((await stopped).clean, true);
    });

    test("answers all of pipelined requests, and only the last says close", async (t) => {
      const { lifecycle } = drainedService(t);
      const held = holdRequests((request, response) => void response.end(request.url));
      const { server, port } = await serve(t, transport, held.listener);
      const client = talk(t, await transport.connect(port));
      client.ask("/1");
      client.ask("/2");
      await held.whenHeld(2);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      client.ask("/3");
      await held.whenHeld(3);
      assert.equal(lifecycle.inFlight.count(), 3);
      held.release();
      assert.deepEqual(await client.answers(3), [
        { status: 200, connection: "keep-alive", body: "/1" },
        { status: 200, connection: "keep-alive", body: "/2" },
        { status: 200, connection: "close", body: "/3" },
      ]);
      assert.equal(await client.ended, "in order");
      assert.deepEqual((await stopped).finished, 3);
    });

    test("answers pipelined requests of which a later one was ready before the drain", async (t) => {
      const { lifecycle } = drainedService(t, { lingerMs: longMs });
      const held = holdRequests((request, response) => void response.end(request.url));
      const { server, port } = await serve(t, transport, (request, response) => {
        if (request.url === "/2") response.end("/2");
        else held.listener(request, response);
      });
      const client = talk(t, await transport.connect(port));
      client.ask("/1");
      client.ask("/2");
      await until(() => lifecycle.inFlight.count() === 2);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      held.release();
      assert.deepEqual(
        (await client.answers(2)).map(({ body }) => body),
        ["/1", "/2"],
      );
      client.ask("/3");
      assert.deepEqual((await client.answers(3))[2], { status: 200, connection: "close", body: "/3" });
      assert.equal((await stopped).clean, true);
    });
  });

  describe(`what is in flight over ${transport.scheme}`, { timeout: longMs }, () => {
    const ways: Readonly<Record<string, (client: ReturnType<typeof talk>) => void>> = {
      "its client goes away": ({ socket }) => void socket.destroy(),
      "its client closes its side": ({ socket }) => void socket.end(),
      "its client resets": ({ socket }) => void socket.resetAndDestroy(),
    };
    for (const [way, leave] of Object.entries(ways)) {
      if (transport.scheme === "https" && way.endsWith("resets")) continue;
      test(`is in flight no more when ${way}`, async (t) => {
        const { lifecycle } = drainedService(t);
        const held = holdRequests();
        const { port } = await serve(t, transport, held.listener);
        const client = talk(t, await transport.connect(port));
        client.ask("/orders");
        await held.whenHeld(1);
        assert.equal(lifecycle.inFlight.count(), 1);
        leave(client);
        await until(() => lifecycle.inFlight.count() === 0 || way.includes("its side"));
        held.release();
        await until(() => lifecycle.inFlight.count() === 0);
        assert.equal((await lifecycle.stop()).clean, true);
      });
    }

    test("is in flight no more when its client leaves pipelined requests behind", async (t) => {
      const { lifecycle } = drainedService(t);
      const held = holdRequests();
      const { port } = await serve(t, transport, held.listener);
      const client = talk(t, await transport.connect(port));
      for (let count = 0; count < 10; count += 1) client.ask("/orders");
      await held.whenHeld(10);
      assert.equal(lifecycle.inFlight.count(), 10);
      client.socket.destroy();
      await until(() => lifecycle.inFlight.count() === 0);
      held.release();
      await sockets();
      assert.equal(lifecycle.inFlight.count(), 0);
    });

    test("is not cut short by a client that left pipelined requests behind", async (t) => {
      const clock = createManualClock();
      const { lifecycle } = drainedService(t, { clock, lingerMs: 250 });
      const held = holdRequests();
      const { server, port } = await serve(t, transport, held.listener);
      const [gone, patient] = [talk(t, await transport.connect(port)), talk(t, await transport.connect(port))];
      for (let count = 0; count < 3; count += 1) gone.ask("/orders");
      patient.ask("/orders");
      await held.whenHeld(4);
      gone.socket.destroy();
      await until(() => lifecycle.inFlight.count() === 1);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await sockets();
      await clock.advance(5_000);
      await sockets();
      assert.equal(patient.isOver(), false);
      held.release();
      assert.deepEqual(await patient.answers(1), [{ status: 200, connection: "close", body: "done" }]);
      assert.equal((await stopped).finished, 1);
    });

    const failures: Readonly<Record<string, (response: ServerResponse) => void>> = {
      "its response is destroyed": (response) => void response.destroy(),
      "its response is destroyed with an error": (response) =>
        void response.on("error", () => {}).destroy(new Error("no")),
      "its request is destroyed": ({ req }) => void req.destroy(),
      "its socket is destroyed": ({ req }) => void req.socket.destroy(),
      "its socket fails": ({ req }) => void req.socket.destroy(new Error("no")),
      "its response is detached from its socket": (response) => {
        const { socket } = response;
        if (socket) response.detachSocket(socket);
        socket?.destroy();
      },
    };
    for (const [failure, fail] of Object.entries(failures)) {
      test(`is in flight no more when ${failure}`, async (t) => {
        const { lifecycle } = drainedService(t);
        const held = holdRequests((_request, response) => fail(response));
        const { port } = await serve(t, transport, held.listener);
        const client = talk(t, await transport.connect(port));
        client.ask("/orders");
        client.ask("/queued");
        await held.whenHeld(2);
        assert.equal(lifecycle.inFlight.count(), 2);
        held.release();
        await until(() => lifecycle.inFlight.count() === 0);
        await client.ended;
      });
    }

    test("is in flight no more when its body turns out to be no HTTP", async (t) => {
      const { lifecycle } = drainedService(t);
      const held = holdRequests();
      const { port } = await serve(t, transport, held.listener);
      const client = talk(t, await transport.connect(port));
      client.send("POST /orders HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      await held.whenHeld(1);
      client.send("this is no chunk\r\n");
      await until(() => lifecycle.inFlight.count() === 0);
      await client.ended;
    });

    test("is in flight no more after answers of every kind", async (t) => {
      const { lifecycle } = drainedService(t);
      const { url } = await serve(t, transport, (request, response) => {
        if (request.url === "/no-content") response.writeHead(204).end();
        else if (request.url === "/not-modified") response.writeHead(304).end();
        else if (request.url === "/chunked") response.write("chunk", () => response.end());
        else response.end("done");
      });
      const agent = transport.keepAliveAgent();
      t.after(() => agent.destroy());
      for (const path of ["/", "/no-content", "/not-modified", "/chunked"]) await ask(url + path, { agent });
      await ask(url, { agent, method: "HEAD" });
      await ask(url, { agent, method: "POST", body: "an order" });
      await ask(url, { agent, method: "POST", body: "an order", headers: { expect: "100-continue" } });
      await until(() => lifecycle.inFlight.count() === 0);
      agent.destroy();
      assert.equal((await lifecycle.stop()).clean, true);
    });
  });
}

test("a listener is closed after one more look at it when nobody comes", { timeout: longMs }, async (t) => {
  let looks = 0;
  const clock: Clock = {
    ...systemClock,
    turn() {
      looks += 1;
      return systemClock.turn();
    },
  };
  const { lifecycle } = drainedService(t, { clock });
  await serve(t, plain, answerAtOnce);
  await lifecycle.stop();
  assert.ok(looks >= 1 && looks <= 2, `${looks} looks`);
});

test("connections made before the listener closed are accepted and served", { timeout: longMs }, async (t) => {
  const { lifecycle } = drainedService(t, { lingerMs: longMs });
  const { server, port } = await serve(t, plain, answerAtOnce);
  const trigger = talk(t, await plain.connect(port));
  const made: Socket[] = [];
  // The kernel completes these in the next tick. The stop begins after that and in an event of the poll phase, as
  // with an OS signal: the loop has not looked at the listener in between.
  server.once("request", () => {
    for (let count = 0; count < 20; count += 1) made.push(connect(port, "127.0.0.1"));
    process.nextTick(() => void lifecycle.stop());
  });
  trigger.ask("/trigger");
  await until(() => made.length === 20);
  const answers = made.map(async (socket) => {
    const client = talk(t, socket);
    client.ask("/orders");
    const [answer] = await client.answers(1);
    return `${answer?.status} ${answer?.connection}`;
  });
  assert.deepEqual(new Set(await Promise.all(answers)), new Set(["200 close"]));
});
