import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type TestContext, describe, test } from "node:test";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { holdRequests } from "./held.ts";
import { type DrainedService, connections, drainedService, longMs, serve } from "./service.ts";
import { talk } from "./talk.ts";
import { type Transport, encrypted, plain } from "./transports.ts";
import { sockets, until } from "./until.ts";

/** A service whose stop has 8 s until the drain budget is spent, by a clock that a test moves. */
function budgeted(t: TestContext): DrainedService & { readonly clock: ManualClock } {
  const clock = createManualClock();
  const budgets = { gracePeriodMs: 10_000, exitReserveMs: 0, stopTailMs: 2_000 };
  return { ...drainedService(t, { clock, lingerMs: 250, ...budgets }), clock };
}

const answer = (_request: unknown, response: ServerResponse): void => void response.end("done");
const halfOfABody = "POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234";
const halfOfHeaders = "GET /orders HTTP/1.1\r\nHost: x\r\nX-Slow: ";

/** A client whose request is answered while the service stops, with half of its body still to come. */
async function answeredEarly(t: TestContext, transport: Transport) {
  const { lifecycle, clock } = budgeted(t);
  const held = holdRequests();
  const { server, port } = await serve(t, transport, held.listener);
  const client = talk(t, await transport.connect(port));
  client.socket.allowHalfOpen = true;
  client.send(halfOfABody);
  await held.whenHeld(1);
  const stopped = lifecycle.stop();
  await until(() => !server.listening);
  held.release();
  return { lifecycle, clock, server, client, stopped };
}

for (const transport of [plain, encrypted()]) {
  describe(`a client over ${transport.scheme}`, { timeout: longMs }, () => {
    test("that never finishes its body is cut with the drain budget, and named", async (t) => {
      const { lifecycle, clock } = budgeted(t);
      const { server, port } = await serve(t, transport, (request, response) => {
        request.resume().once("end", () => response.end("done"));
      });
      const client = talk(t, await transport.connect(port));
      client.send(halfOfABody);
      await once(server, "request");
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(7_999);
      await sockets();
      assert.equal(client.isOver(), false);
      await clock.advance(1);
      await client.ended;
      assert.deepEqual((await stopped).cut, [{ name: "POST /orders", ageMs: 8_000 }]);
    });

    test("that was answered before it finished its body holds nothing up", async (t) => {
      const { lifecycle, clock, client, stopped } = await answeredEarly(t, transport);
      assert.equal((await client.answers(1))[0]?.connection, "close");
      await until(() => lifecycle.inFlight.count() === 0);
      await clock.advance(250);
      await client.ended;
      const { clean, finished } = await stopped;
      assert.deepEqual([clean, finished], [true, 1]);
    });

    test("that is still sending its body when it is answered may send the rest", async (t) => {
      const { clock, server, client, stopped } = await answeredEarly(t, transport);
      assert.equal(await client.ended, "in order");
      assert.deepEqual(await client.answers(1), [{ status: 200, connection: "close", body: "done" }]);
      await clock.advance(249);
      await sockets();
      assert.equal(await connections(server), 1);
      client.send("56789");
      await stopped;
      assert.equal(clock.now(), 249);
      assert.equal(await connections(server), 0);
    });

    test("that sends its body a byte at a time is served, however long the linger is over", async (t) => {
      const { lifecycle, clock } = budgeted(t);
      const { server, port } = await serve(t, transport, (request, response) => {
        request.resume().once("end", () => response.end("done"));
      });
      const client = talk(t, await transport.connect(port));
      client.send(halfOfABody);
      await once(server, "request");
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      for (const byte of "56789") {
        await clock.advance(1_000);
        await sockets();
        client.send(byte);
        await sockets();
      }
      assert.deepEqual(await client.answers(1), [{ status: 200, connection: "close", body: "done" }]);
      assert.equal((await stopped).clean, true);
    });

    test("that has sent half of its headers when the listener closes is served if it finishes in the linger", async (t) => {
      const { lifecycle, clock } = budgeted(t);
      const { server, port } = await serve(t, transport, answer);
      const client = talk(t, await transport.connect(port));
      client.send(halfOfHeaders);
      await until(async () => (await connections(server)) === 1);
      await sockets();
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(249);
      await sockets();
      client.send("yes\r\n\r\n");
      assert.deepEqual(await client.answers(1), [{ status: 200, connection: "close", body: "done" }]);
      client.socket.end();
      assert.equal((await stopped).clean, true);
    });

    test("that has sent half of its headers, or nothing, is cut when the linger is over", async (t) => {
      const { lifecycle, clock } = budgeted(t);
      const { server, port } = await serve(t, transport, answer);
      const [half, silent] = [talk(t, await transport.connect(port)), talk(t, await transport.connect(port))];
      half.send(halfOfHeaders);
      await until(async () => (await connections(server)) === 2);
      await sockets();
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(249);
      await sockets();
      assert.deepEqual([half.isOver(), silent.isOver()], [false, false]);
      await clock.advance(1);
      await Promise.all([half.ended, silent.ended]);
      const { clean, cut } = await stopped;
      assert.deepEqual([clean, cut], [true, []]);
    });

    test("that trickles headers on and on does not outlast the linger", async (t) => {
      const { lifecycle, clock } = budgeted(t);
      const { server, port } = await serve(t, transport, answer);
      const client = talk(t, await transport.connect(port));
      client.send(halfOfHeaders);
      await until(async () => (await connections(server)) === 1);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      for (let passed = 0; passed < 250; passed += 50) {
        client.send("x");
        await sockets();
        await clock.advance(50);
      }
      assert.equal((await stopped).clean, true);
      assert.equal(clock.now(), 250);
    });

    test("that pipelines a request behind one that hangs does not get it answered, and holds nothing up", async (t) => {
      const { lifecycle, clock } = budgeted(t);
      const { server, port } = await serve(t, transport, (request, response) => {
        if (request.url !== "/hangs") response.end("done");
      });
      const client = talk(t, await transport.connect(port));
      client.ask("/hangs");
      client.ask("/behind");
      await until(() => lifecycle.inFlight.count() === 2);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(8_000);
      await client.ended;
      const { cut } = await stopped;
      assert.deepEqual(
        cut.map(({ name }) => name),
        ["GET /hangs", "GET /behind"],
      );
      assert.equal(client.heard(), "");
    });

    test("that asks without end on one connection is told to go at its next answer", async (t) => {
      const { lifecycle } = drainedService(t, { lingerMs: longMs });
      const { server, port } = await serve(t, transport, answer);
      const client = talk(t, await transport.connect(port));
      let asked = 0;
      const asking = (async () => {
        while (!client.isOver()) {
          client.ask(`/${(asked += 1)}`);
          await sockets();
        }
      })();
      client.socket.on("error", () => {});
      await until(() => asked > 20);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      const { clean, durationMs } = await stopped;
      assert.equal(clean, true);
      assert.ok(durationMs < longMs / 2);
      await asking;
      const answers = await client.answers(0);
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
      assert.equal(answers.at(-1)?.connection, "close");
    });

    test("that goes away in the middle of its answer is not waited for", async (t) => {
      const { lifecycle } = drainedService(t, { lingerMs: 0 });
      const { server, port } = await serve(t, transport, (_request, response) => {
        response.writeHead(200, { "content-length": 100_000_000 });
        response.write(Buffer.alloc(1_000_000));
      });
      const client = talk(t, await transport.connect(port));
      client.ask("/large");
      await until(() => client.heard() !== "");
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      client.socket.destroy();
      const { clean, durationMs } = await stopped;
      assert.equal(clean, true);
      assert.ok(durationMs < longMs / 2);
    });

    test("that never reads its answer is cut with the drain budget, and named", async (t) => {
      const { lifecycle, clock } = budgeted(t);
      const { server, port } = await serve(t, transport, (_request, response) => {
        response.end(Buffer.alloc(50_000_000));
      });
      const client = await transport.connect(port);
      t.after(() => client.destroy());
      client.on("error", () => {}).pause();
      client.write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
      await until(() => lifecycle.inFlight.count() === 1);
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      await clock.advance(8_000);
      assert.deepEqual((await stopped).cut, [{ name: "GET /large", ageMs: 8_000 }]);
    });

    test("that comes as one of a flood is served like the others, before and after the listener closed", async (t) => {
      const { lifecycle } = drainedService(t, { lingerMs: longMs });
      const { server, port } = await serve(t, transport, answer);
      const clients = await Promise.all(Array.from({ length: 50 }, () => open(t, transport, port)));
      const [early, late] = [clients.slice(0, 25), clients.slice(25)];
      for (const { ask } of early) ask("/early");
      const stopped = lifecycle.stop();
      await until(() => !server.listening);
      for (const { ask } of late) ask("/late");
      const answers = await Promise.all(clients.map((client) => client.answers(1)));
      assert.deepEqual(new Set(answers.map(([first]) => `${first?.status} ${first?.body}`)), new Set(["200 done"]));
      for (const { socket } of clients) socket.end();
      assert.equal((await stopped).clean, true);
    });
  });
}

const open = async (t: TestContext, transport: Transport, port: number): Promise<ReturnType<typeof talk>> =>
  talk(t, await transport.connect(port));

test("a TLS client that never shakes hands is cut when the linger is over", { timeout: longMs }, async (t) => {
  const { lifecycle, clock } = budgeted(t);
  const { server, port } = await serve(t, encrypted(), answer);
  const client = talk(t, await plain.connect(port));
  await until(async () => (await connections(server)) === 1);
  const stopped = lifecycle.stop();
  await until(() => !server.listening);
  await clock.advance(249);
  await sockets();
  assert.equal(client.isOver(), false);
  await clock.advance(1);
  await client.ended;
  assert.equal((await stopped).clean, true);
});

test("two servers do not wait for each other's awkward clients", { timeout: longMs }, async (t) => {
  const { lifecycle, clock } = budgeted(t);
  const held = holdRequests();
  const busy = await serve(t, plain, held.listener);
  const free = await serve(t, plain, answer);
  const client = talk(t, await plain.connect(busy.port));
  client.ask("/orders");
  await held.whenHeld(1);
  const idle = talk(t, await plain.connect(free.port));
  idle.ask("/before");
  await idle.answers(1);
  const stopped = lifecycle.stop();
  await until(() => !free.server.listening);
  await clock.advance(250);
  assert.equal(await idle.ended, "in order");
  assert.equal(client.isOver(), false);
  held.release();
  assert.equal((await client.answers(1))[0]?.status, 200);
  client.socket.end();
  assert.equal((await stopped).clean, true);
});
