import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2Server,
  type ServerHttp2Session,
  connect,
  constants,
  createSecureServer,
  createServer,
} from "node:http2";
import { text } from "node:stream/consumers";
import { type TestContext, describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { selfSignedCertificate } from "./certificate.ts";
import { type Listening, drainedService, listen, longMs } from "./service.ts";
import { talk } from "./talk.ts";
import { encrypted, plain } from "./transports.ts";
import { sockets, until } from "./until.ts";

/** A server whose streams stay in flight until they are let go. */
interface HeldStreams extends Listening<Http2Server> {
  held(): number;
  release(): void;
}

async function holdStreams(t: TestContext): Promise<HeldStreams> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let held = 0;
  const server = createServer();
  server.on("stream", (stream) => {
    held += 1;
    stream.on("error", () => {});
    void released.then(() => {
      if (stream.destroyed) return;
      stream.respond({ ":status": 200 });
      stream.end("done");
    });
  });
  return { ...(await listen(t, server)), held: () => held, release };
}

function openSession(t: TestContext, url: string, options?: { readonly ca: string }): ClientHttp2Session {
  const session = connect(url, options);
  session.on("error", () => {});
  t.after(() => session.destroy());
  return session;
}

const begin = (session: ClientHttp2Session, path = "/"): ClientHttp2Stream => session.request({ ":path": path });

async function answerOf(stream: ClientHttp2Stream): Promise<string> {
  const [headers] = (await once(stream, "response")) as [{ readonly ":status"?: number }];
  return `${headers[":status"]} ${await text(stream)}`;
}

/** Hears of a GOAWAY; must be called before one can come. */
const whenAsked = async (session: ClientHttp2Session): Promise<number> =>
  ((await once(session, "goaway")) as [number])[0];

describe("a server of http2", { timeout: longMs }, () => {
  test("asks its sessions to go at once, finishes the streams in flight, and stops right after", async (t) => {
    const { lifecycle } = drainedService(t, { lingerMs: longMs });
    const { url, server, held, release } = await holdStreams(t);
    const session = openSession(t, url);
    const stream = begin(session);
    await until(() => held() === 1);
    assert.equal(lifecycle.inFlight.count(), 1);
    const asked = whenAsked(session);
    const stopped = lifecycle.stop();
    assert.equal(await asked, constants.NGHTTP2_NO_ERROR);
    await until(() => !server.listening);
    assert.equal(lifecycle.inFlight.count(), 1);
    release();
    assert.equal(await answerOf(stream), "200 done");
    const { clean, finished, durationMs } = await stopped;
    assert.deepEqual([clean, finished], [true, 1]);
    assert.ok(durationMs < longMs / 2);
    await until(() => session.destroyed);
  });

  test("asks its sessions to go from the first moment of the drain window", async (t) => {
    const { lifecycle } = drainedService(t, { drainWindow: { minMs: longMs / 2, maxMs: longMs / 2 } });
    const { url, server, held, release } = await holdStreams(t);
    const session = openSession(t, url);
    const stream = begin(session);
    await until(() => held() === 1);
    const asked = whenAsked(session);
    void lifecycle.stop();
    await asked;
    assert.equal(server.listening, true);
    release();
    assert.equal(await answerOf(stream), "200 done");
  });

  test("asks every session to go: one that is idle, one that was busy, and one that is", async (t) => {
    const { lifecycle } = drainedService(t, { drainWindow: { minMs: longMs / 2, maxMs: longMs / 2 } });
    const server = createServer();
    server.on("stream", (stream, { ":path": path }) => {
      stream.respond();
      if (path === "/short") stream.end("done");
    });
    const { url } = await listen(t, server);
    const goaways = ["none", "/short", "/long"].map(async (path) => {
      const session = openSession(t, url);
      await once(session, "remoteSettings");
      if (path !== "none") {
        const stream = begin(session, path);
        await once(stream.resume(), "response");
        if (path === "/short") await once(stream, "close");
      }
      return { asked: whenAsked(session), session };
    });
    const all = await Promise.all(goaways);
    void lifecycle.stop();
    assert.deepEqual(
      await Promise.all(all.map(({ asked }) => asked)),
      all.map(() => constants.NGHTTP2_NO_ERROR),
    );
    assert.equal(server.listening, true);
  });

  test("serves the first streams of a session that comes in the drain window, and asks it to go with them", async (t) => {
    const { lifecycle } = drainedService(t, { drainWindow: { minMs: longMs / 2, maxMs: longMs / 2 } });
    const { url, held, release } = await holdStreams(t);
    void lifecycle.stop();
    const session = openSession(t, url);
    const asked = whenAsked(session);
    const streams = ["/1", "/2", "/3"].map((path) => begin(session, path));
    await until(() => held() === 3);
    assert.equal(await asked, constants.NGHTTP2_NO_ERROR);
    const answers = Promise.all(streams.map(answerOf));
    release();
    assert.deepEqual(await answers, ["200 done", "200 done", "200 done"]);
    await until(() => session.destroyed);
    assert.equal(lifecycle.inFlight.count(), 0);
  });

  test("serves sessions that come in the drain window without a stream, and asks them to go when it is over", async (t) => {
    const clock = createManualClock();
    const drainWindow = { minMs: 1_000, maxMs: 1_000 };
    const { lifecycle } = drainedService(t, { clock, drainWindow, gracePeriodMs: 20_000 });
    const { url, held, release } = await holdStreams(t);
    const stopped = lifecycle.stop();
    const sessions = [openSession(t, url), openSession(t, url)] as const;
    const asked = sessions.map(whenAsked);
    await Promise.all(sessions.map((session) => once(session, "remoteSettings")));
    const stream = begin(sessions[1]);
    await until(() => held() === 1);
    await asked[1];
    assert.equal(sessions[0].closed, false);
    await clock.advance(1_000);
    await asked[0];
    release();
    assert.equal(await answerOf(stream), "200 done");
    assert.equal((await stopped).clean, true);
  });

  test("serves each of many orders that cross its GOAWAY once, or refuses it: never both, and never neither", async (t) => {
    const { lifecycle } = drainedService(t, { drainWindow: { minMs: longMs / 2, maxMs: longMs / 2 } });
    const served: string[] = [];
    const server = createServer((request, response) => {
      request.resume().once("end", () => {
        served.push(request.url);
        response.end("taken");
      });
    });
    const { url } = await listen(t, server);
    const taken: string[] = [];
    const refused: string[] = [];
    const others: string[] = [];
    const order = async (session: ClientHttp2Session, path: string): Promise<void> => {
      const stream = session.request({ ":path": path, ":method": "POST" });
      let status: unknown;
      stream.on("error", () => {});
      stream.on("response", (headers) => (status = headers[":status"]));
      stream.resume().end(Buffer.alloc(10_000));
      await new Promise((resolve) => void stream.once("close", resolve));
      if (status === 200 && stream.rstCode === constants.NGHTTP2_NO_ERROR) taken.push(path);
      else if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) refused.push(path);
      else others.push(`${path}: ${String(status)}, ${stream.rstCode}`);
    };
    const client = async (name: number): Promise<void> => {
      const session = openSession(t, url);
      const orders: Promise<void>[] = [];
      for (let count = 0; !session.closed && !session.destroyed; count += 1) {
        orders.push(order(session, `/${name}/${count}`));
        await new Promise((resolve) => void setImmediate(resolve));
      }
      await Promise.all(orders);
    };
    const clients = Array.from({ length: 20 }, (_, name) => client(name));
    await until(() => taken.length > 200);
    void lifecycle.stop();
    await Promise.all(clients);
    assert.deepEqual(others, []);
    assert.deepEqual(taken.toSorted(), served.toSorted());
    assert.notDeepEqual(refused, []);
  });

  test("that listened before drains the sessions that it had, from their next stream on", async (t) => {
    const { url, server, held, release } = await holdStreams(t);
    const session = openSession(t, url);
    await once(session, "remoteSettings");
    const { lifecycle, servers } = drainedService(t, { lingerMs: 0 });
    servers.drain(server);
    const stream = begin(session);
    await until(() => held() === 1);
    assert.equal(lifecycle.inFlight.count(), 1);
    const asked = whenAsked(session);
    const stopped = lifecycle.stop();
    assert.equal(await asked, constants.NGHTTP2_NO_ERROR);
    await until(() => !server.listening);
    await sockets();
    release();
    assert.equal(await answerOf(stream), "200 done");
    const { clean, finished } = await stopped;
    assert.deepEqual([clean, finished], [true, 1]);
  });

  test("that listened before cuts what hangs on a session that it had, when the drain budget is spent", async (t) => {
    const { url, server, held } = await holdStreams(t);
    const session = openSession(t, url);
    await once(session, "remoteSettings");
    const clock = createManualClock();
    const budgets = { gracePeriodMs: 10_000, exitReserveMs: 0, stopTailMs: 2_000 };
    const { lifecycle, servers } = drainedService(t, { clock, ...budgets });
    servers.drain(server);
    const stream = begin(session);
    stream.on("error", () => {});
    await until(() => held() === 1);
    const stopped = lifecycle.stop();
    await clock.advance(7_999);
    await sockets();
    assert.equal(stream.destroyed, false);
    await clock.advance(1);
    await until(() => stream.destroyed);
    assert.deepEqual((await stopped).cut, [{ name: "GET /", ageMs: 8_000 }]);
  });

  test("cuts a session whose client never says its end, after the linger", async (t) => {
    const clock = createManualClock();
    const { lifecycle } = drainedService(t, { clock, lingerMs: 250, gracePeriodMs: 20_000 });
    const { port, server } = await holdStreams(t);
    const session = once(server, "session");
    const deaf = talk(t, await plain.connect(port));
    deaf.socket.allowHalfOpen = true;
    deaf.socket.write(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1"));
    const [opened] = (await session) as [ServerHttp2Session];
    await until(() => deaf.heard() !== "");
    const stopped = lifecycle.stop();
    await until(() => !server.listening);
    assert.equal(await deaf.ended, "in order");
    await clock.advance(249);
    await sockets();
    assert.equal(lifecycle.phase, "draining");
    await clock.advance(1);
    assert.equal((await stopped).clean, true);
    await until(() => opened.destroyed);
  });

  test("refuses a new stream on an old session in a way that is safe to try again, and never lets it hang", async (t) => {
    const { lifecycle } = drainedService(t);
    const { url, held, release } = await holdStreams(t);
    const session = openSession(t, url);
    const stream = begin(session);
    await until(() => held() === 1);
    const stopped = lifecycle.stop();
    // Before the client has read the GOAWAY: it is on its way.
    const late = begin(session, "/late");
    const refused = await Promise.race([once(late, "error"), once(late, "close")]).then(() => late.rstCode);
    assert.equal(refused, constants.NGHTTP2_REFUSED_STREAM);
    assert.equal(held(), 1);
    release();
    assert.equal(await answerOf(stream), "200 done");
    assert.equal((await stopped).clean, true);
  });

  test("does not wait for idle sessions", async (t) => {
    const { lifecycle } = drainedService(t, { lingerMs: longMs });
    const { url } = await holdStreams(t);
    const session = openSession(t, url);
    await once(session, "remoteSettings");
    const report = await lifecycle.stop();
    assert.equal(report.clean, true);
    assert.ok(report.durationMs < longMs / 2);
  });

  test("cuts a stream that hangs when the drain budget is spent, and names it without its query", async (t) => {
    const clock = createManualClock();
    const { lifecycle } = drainedService(t, { clock, gracePeriodMs: 10_000, exitReserveMs: 0, stopTailMs: 2_000 });
    const { url, port, held } = await holdStreams(t);
    const session = openSession(t, url);
    const stream = begin(session, "/orders/7?token=secret");
    stream.on("error", () => {});
    await until(() => held() === 1);
    const stopped = lifecycle.stop();
    await clock.advance(7_999);
    await sockets();
    assert.equal(stream.destroyed, false);
    const closed = once(stream, "close");
    await clock.advance(1);
    await closed;
    const { cut, hooks } = await stopped;
    assert.deepEqual(cut, [{ name: "GET /orders/7", ageMs: 8_000 }]);
    assert.deepEqual(
      hooks.map(({ name, outcome }) => `${name} ${outcome}`),
      [`http2 server 127.0.0.1:${port} done`],
    );
    assert.equal(lifecycle.inFlight.count(), 0);
  });

  const endings: Readonly<Record<string, (stream: ClientHttp2Stream, session: ClientHttp2Session) => void>> = {
    "its client resets it": (stream) => stream.close(constants.NGHTTP2_CANCEL),
    "its client destroys it": (stream) => void stream.destroy(),
    "its session is destroyed": (_stream, session) => session.destroy(),
    "its session fails": (_stream, session) => session.destroy(new Error("no"), constants.NGHTTP2_INTERNAL_ERROR),
  };
  for (const [ending, end] of Object.entries(endings)) {
    test(`has a stream in flight no more when ${ending}`, async (t) => {
      const { lifecycle } = drainedService(t);
      const { url, held } = await holdStreams(t);
      const session = openSession(t, url);
      const streams = [begin(session), begin(session)];
      for (const stream of streams) stream.on("error", () => {});
      await until(() => held() === 2);
      assert.equal(lifecycle.inFlight.count(), 2);
      for (const stream of streams) end(stream, session);
      await until(() => lifecycle.inFlight.count() === 0);
    });
  }

  test("that speaks HTTP/1.1 as well drains both", async (t) => {
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown): void => void warnings.push(warning);
    process.on("warning", onWarning);
    t.after(() => process.off("warning", onWarning));
    const { lifecycle } = drainedService(t, { lingerMs: longMs });
    const certificate = selfSignedCertificate();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let held = 0;
    const server = createSecureServer({ ...certificate, allowHTTP1: true }, (_request, response) => {
      held += 1;
      void released.then(() => (response as unknown as ServerResponse).end("done"));
    });
    const { url, port } = await listen(t, server, { scheme: "https" });
    const session = openSession(t, url, { ca: certificate.cert });
    const stream = begin(session);
    const old = talk(t, await encrypted(certificate).connect(port));
    old.ask("/orders");
    await until(() => held === 2);
    assert.equal(lifecycle.inFlight.count(), 2);
    const asked = whenAsked(session);
    const stopped = lifecycle.stop();
    await asked;
    await until(() => !server.listening);
    release();
    assert.equal(await answerOf(stream), "200 done");
    assert.deepEqual(await old.answers(1), [{ status: 200, connection: "close", body: "done" }]);
    const { clean, finished, durationMs } = await stopped;
    assert.deepEqual([clean, finished], [true, 2]);
    assert.ok(durationMs < longMs / 2);
    assert.deepEqual(warnings, []);
  });
});
