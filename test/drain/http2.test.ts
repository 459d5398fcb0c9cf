import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2Server,
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
import { encrypted } from "./transports.ts";
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

  test("serves sessions that come in the drain window, and asks them to go when it is over", async (t) => {
    const clock = createManualClock();
    const drainWindow = { minMs: 1_000, maxMs: 1_000 };
    const { lifecycle } = drainedService(t, { clock, drainWindow, gracePeriodMs: 20_000 });
    const { url, held, release } = await holdStreams(t);
    const stopped = lifecycle.stop();
    const session = openSession(t, url);
    const asked = whenAsked(session);
    const stream = begin(session);
    await until(() => held() === 1);
    await clock.advance(1_000);
    await asked;
    release();
    assert.equal(await answerOf(stream), "200 done");
    assert.equal((await stopped).clean, true);
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
