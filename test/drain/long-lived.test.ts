import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Http2ServerResponse,
  type ServerHttp2Stream,
  connect,
  createServer as createHttp2Server,
} from "node:http2";
import { type TestContext, describe, test } from "node:test";
import type { LongLivedResponse } from "@seaworthy/http";
import type { Hook, LifecycleOptions } from "@seaworthy/lifecycle";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";
import { type DrainedService, drainedService, listen, longMs, serve } from "./service.ts";
import { talk } from "./talk.ts";
import { type Transport, encrypted, plain } from "./transports.ts";
import { sockets, until } from "./until.ts";

/** One request, whose answer has no end. */
interface Listener {
  heard(): string;
  /** Whether the answer was ended in order. */
  isEnded(): boolean;
  leave(): void;
}

interface Stage extends DrainedService {
  readonly clock: ManualClock;
  /** The responses that were begun, in the order of their requests. */
  readonly responses: readonly LongLivedResponse[];
  ask(): Promise<Listener>;
  isListening(): boolean;
}

/** What answers; it need not end. */
type Respond = (response: ServerResponse | Http2ServerResponse, service: DrainedService) => void;

type SetStage = (t: TestContext, respond: Respond, options?: LifecycleOptions) => Promise<Stage>;

const settings = { lingerMs: 250, longLivedMs: 3_000, gracePeriodMs: 30_000 };

const overHttp1 =
  (transport: Transport): SetStage =>
  async (t, respond, options) => {
    const clock = createManualClock();
    const service = drainedService(t, { ...settings, clock, ...options });
    const responses: ServerResponse[] = [];
    const { server, port } = await serve(t, transport, (_request, response) => {
      responses.push(response);
      respond(response, service);
    });
    return {
      ...service,
      clock,
      responses,
      isListening: () => server.listening,
      async ask() {
        const client = talk(t, await transport.connect(port));
        const before = responses.length;
        client.ask("/events");
        await until(() => responses.length > before);
        await sockets();
        return {
          heard: client.heard,
          isEnded: () => client.heard().endsWith("\r\n0\r\n\r\n"),
          leave: () => void client.socket.destroy(),
        };
      },
    };
  };

const overHttp2: SetStage = async (t, respond, options) => {
  const clock = createManualClock();
  const service = drainedService(t, { ...settings, clock, ...options });
  const responses: Http2ServerResponse[] = [];
  const { server, url } = await listen(
    t,
    createHttp2Server((_request, response) => {
      responses.push(response);
      respond(response, service);
    }),
  );
  return {
    ...service,
    clock,
    responses,
    isListening: () => server.listening,
    async ask() {
      const session = connect(url);
      t.after(() => session.destroy());
      const stream = session.on("error", () => {}).request();
      let heard = "";
      let ended = false;
      stream.on("error", () => {});
      stream.setEncoding("utf8").on("data", (text: string) => (heard += text));
      stream.on("end", () => (ended = true));
      const before = responses.length;
      await until(() => responses.length > before);
      await sockets();
      return {
        heard: () => heard,
        isEnded: () => ended && stream.rstCode === 0,
        leave: () => session.destroy(),
      };
    },
  };
};

const events: Respond = (response) => {
  (response as ServerResponse).writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  (response as ServerResponse).write("data: hello\n\n");
};

const ways: Readonly<Record<string, SetStage>> = {
  http: overHttp1(plain),
  https: overHttp1(encrypted()),
  http2: overHttp2,
};

for (const [way, setStage] of Object.entries(ways)) {
  const declared =
    (onLeave?: Hook): Respond =>
    (response, { servers }) => {
      servers.longLived(response, onLeave);
      (response as ServerResponse).write("hello");
    };

  describe(`a long-lived response over ${way}`, { timeout: longMs }, () => {
    for (const [kind, respond] of Object.entries({ "an event stream": events, declared: declared() })) {
      test(`that is ${kind} is kept for its budget, then ended, and holds up nothing else`, async (t) => {
        const { lifecycle, clock, ask, isListening } = await setStage(t, respond);
        const listener = await ask();
        const stopped = lifecycle.stop();
        await until(() => !isListening());
        assert.equal(lifecycle.inFlight.count(), 0);
        await clock.advance(2_999);
        await sockets();
        assert.equal(listener.isEnded(), false);
        await clock.advance(1);
        await until(() => listener.isEnded());
        while (lifecycle.phase !== "stopped") {
          await clock.advance(10);
          await sockets();
        }
        const { clean, cut, hooks } = await stopped;
        assert.deepEqual([clean, cut, hooks.map(({ outcome }) => outcome)], [true, [], ["done"]]);
        assert.ok(clock.now() < 4_000, `stopped after ${clock.now()}`);
      });
    }

    test("is in flight until it is declared", async (t) => {
      const { lifecycle, servers, responses, ask } = await setStage(t, (response) => {
        (response as ServerResponse).write("hello");
      });
      const listener = await ask();
      assert.equal(lifecycle.inFlight.count(), 1);
      servers.longLived(responses[0] ?? assert.fail());
      assert.equal(lifecycle.inFlight.count(), 0);
      servers.longLived(responses[0] ?? assert.fail());
      listener.leave();
      await sockets();
      assert.equal(lifecycle.inFlight.count(), 0);
      assert.equal((await lifecycle.stop()).clean, true);
    });

    test("holds nothing up when its client has gone", async (t) => {
      const { lifecycle, clock, ask, isListening } = await setStage(t, events);
      const listener = await ask();
      const stopped = lifecycle.stop();
      await until(() => !isListening());
      await sockets();
      listener.leave();
      await sockets();
      await clock.advance(250);
      assert.equal((await stopped).clean, true);
      assert.ok(clock.now() < 1_000);
    });

    test("says its last words when the window is over, and is ended with them", async (t) => {
      const drainWindow = { minMs: 1_000, maxMs: 1_000, quietMs: 0 };
      const spoken = Promise.withResolvers<void>();
      let reason: string | undefined;
      const respond: Respond = (response, { servers }) => {
        const write = (text: string): void => void (response as ServerResponse).write(text);
        write("hello");
        servers.longLived(response, async (context) => {
          reason = `${context.reason.kind} ${context.signal.aborted}`;
          write("goodbye");
          await spoken.promise;
          write(" all");
        });
      };
      const { lifecycle, clock, ask } = await setStage(t, respond, { drainWindow });
      const listener = await ask();
      const stopped = lifecycle.stop("test");
      await clock.advance(999);
      await sockets();
      assert.ok(listener.heard().endsWith(way === "http2" ? "hello" : "hello\r\n"));
      await clock.advance(1);
      await until(() => listener.heard().includes("goodbye"));
      assert.equal(listener.isEnded(), false);
      spoken.resolve();
      await until(() => listener.isEnded());
      assert.match(listener.heard(), / all/);
      assert.equal(reason, "request false");
      while (lifecycle.phase !== "stopped") {
        await clock.advance(10);
        await sockets();
      }
      assert.equal((await stopped).clean, true);
      assert.ok(clock.now() < 2_500, `stopped after ${clock.now()}`);
    });

    test("costs nobody else anything when its last words fail or hang", async (t) => {
      const hooks: Hook[] = [
        () => assert.fail("no words"),
        () => new Promise(() => {}),
        () => Promise.reject(new Error("no words")),
      ];
      const { lifecycle, clock, ask, isListening } = await setStage(t, (response, service) =>
        declared(hooks.shift())(response, service),
      );
      const listeners = [await ask(), await ask(), await ask(), await ask()];
      const stopped = lifecycle.stop();
      await until(() => !isListening());
      await clock.advance(2_999);
      await until(() => listeners[0]?.isEnded() === true && listeners[2]?.isEnded() === true);
      assert.deepEqual([listeners[1]?.isEnded(), listeners[3]?.isEnded()], [false, false]);
      await clock.advance(1);
      await until(() => listeners.every(({ isEnded }) => isEnded()));
      while (lifecycle.phase !== "stopped") {
        await clock.advance(10);
        await sockets();
      }
      assert.equal((await stopped).clean, true);
    });

    test("is found out also when its headers are sent while draining", async (t) => {
      const begin = Promise.withResolvers<void>();
      const { lifecycle, clock, ask, isListening } = await setStage(t, (response, service) => {
        void begin.promise.then(() => events(response, service));
      });
      const listener = await ask();
      const stopped = lifecycle.stop();
      await until(() => !isListening());
      await clock.advance(1_000);
      assert.equal(lifecycle.inFlight.count(), 1);
      begin.resolve();
      await until(() => listener.heard().includes("data: hello"));
      await clock.advance(100);
      assert.equal(lifecycle.inFlight.count(), 0);
      await clock.advance(2_000);
      await until(() => listener.isEnded());
      while (lifecycle.phase !== "stopped") {
        await clock.advance(10);
        await sockets();
      }
      assert.deepEqual((await stopped).cut, []);
    });

    test("may be written to once more when it has been ended: nothing crashes of it", async (t) => {
      const { lifecycle, clock, ask, responses, isListening } = await setStage(t, events);
      const listener = await ask();
      const stopped = lifecycle.stop();
      await until(() => !isListening());
      await clock.advance(3_000);
      const [response] = responses as readonly [ServerResponse];
      response.write("data: too late\n\n");
      await until(() => listener.isEnded());
      response.write("data: much too late\n\n");
      await sockets();
      while (lifecycle.phase !== "stopped") {
        await clock.advance(10);
        await sockets();
      }
      assert.equal((await stopped).clean, true);
    });

    test("is ended by the drain budget, when that is spent before, and is not named as cut", async (t) => {
      const budgets = { gracePeriodMs: 3_000, exitReserveMs: 0, stopTailMs: 1_000 };
      const { lifecycle, clock, ask, isListening } = await setStage(t, events, budgets);
      await ask();
      const stopped = lifecycle.stop();
      await until(() => !isListening());
      await clock.advance(1_999);
      await sockets();
      assert.equal(lifecycle.phase, "draining");
      await clock.advance(1);
      const { cut, clean } = await stopped;
      assert.deepEqual([cut, clean], [[], true]);
    });
  });
}

describe("a long-lived response", { timeout: longMs }, () => {
  const headers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    "set one by one": (response) => response.setHeader("Content-Type", "text/event-stream").flushHeaders(),
    "given to writeHead": (response) => void response.writeHead(200, { "Content-Type": "text/event-stream" }),
    "given to writeHead as a list": (response) => void response.writeHead(200, ["content-type", "Text/Event-Stream"]),
    "set, and others given to writeHead": (response) =>
      void response.setHeader("content-type", "text/event-stream").writeHead(200, { "x-other": "yes" }),
  };
  for (const [way, send] of Object.entries(headers)) {
    test(`is known by headers that were ${way}`, async (t) => {
      const { lifecycle, ask, isListening } = await overHttp1(plain)(t, (response) => {
        send(response as ServerResponse);
        (response as ServerResponse).write("data: hello\n\n");
      });
      const listener = await ask();
      void lifecycle.stop();
      await until(() => !isListening());
      assert.equal(lifecycle.inFlight.count(), 0);
      listener.leave();
    });
  }

  test("is none by a header that only looks like one", async (t) => {
    const { lifecycle, ask, isListening } = await overHttp1(plain)(t, (response) => {
      const text = { "content-type": "text/plain", "x-content-type": "text/event-stream" };
      (response as ServerResponse).writeHead(200, text).write("content-type: text/event-stream\r\n");
    });
    const listener = await ask();
    void lifecycle.stop();
    await until(() => !isListening());
    assert.equal(lifecycle.inFlight.count(), 1);
    listener.leave();
  });

  test("that has not begun is answered with 503 when its budget is spent", async (t) => {
    const { lifecycle, clock, ask, isListening } = await overHttp1(plain)(t, (response, { servers }) => {
      servers.longLived(response);
    });
    const listener = await ask();
    void lifecycle.stop();
    await until(() => !isListening());
    await clock.advance(3_000);
    await until(() => listener.heard().startsWith("HTTP/1.1 503 "));
    assert.match(listener.heard(), /^connection: close/im);
  });

  test("of a stream of HTTP/2 may be declared as that stream", async (t) => {
    const { lifecycle, servers } = drainedService(t);
    const server = createHttp2Server();
    const { promise: began, resolve } = Promise.withResolvers<void>();
    server.on("stream", (stream: ServerHttp2Stream) => {
      servers.longLived(stream, () => void stream.end("goodbye"));
      stream.respond();
      resolve();
    });
    const { url } = await listen(t, server);
    const session = connect(url);
    t.after(() => session.destroy());
    const stream = session.request().setEncoding("utf8");
    let heard = "";
    stream.on("data", (text: string) => (heard += text));
    await began;
    assert.equal(lifecycle.inFlight.count(), 0);
    assert.equal((await lifecycle.stop()).clean, true);
    await until(() => stream.destroyed);
    assert.equal(heard, "goodbye");
  });

  test("of a server that is left alone is nobody's business", async (t) => {
    const { lifecycle, servers } = drainedService(t);
    const { server, port } = await serve(t, plain, (_request: IncomingMessage, response) => {
      servers.longLived(response, () => assert.fail("not ours"));
      response.end("done");
    });
    servers.ignore(server);
    const client = talk(t, await plain.connect(port));
    client.ask("/");
    assert.equal((await client.answers(1))[0]?.status, 200);
    assert.equal((await lifecycle.stop()).clean, true);
  });
});
