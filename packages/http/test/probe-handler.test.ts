import assert from "node:assert/strict";
import { once } from "node:events";
import { text as readAll } from "node:stream/consumers";
import { type RequestListener, createServer } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import express from "express";
import Koa from "koa";
import request from "supertest";
import { type ProbeHandler, probeHandler } from "../src/probe-handler.ts";
import { type TestService, failReadiness, startedService } from "./service.ts";

/** A service with one failing check beside the two lines that pass. */
function failingService(): TestService {
  const service = startedService();
  failReadiness(service);
  return service;
}

const plain = (service: TestService): RequestListener => {
  const probes = probeHandler(service.health);
  return (req, res) => void probes(req, res);
};

/** The handler as each framework mounts it, before a route of the application's own. */
const mounts: Readonly<Record<string, (probes: ProbeHandler) => Parameters<typeof request>[0]>> = {
  "plain node:http": (probes) =>
    createServer((req, res) => {
      probes(req, res, () => res.end("the application's"));
    }),
  "Express 5": (probes) => {
    const app = express();
    app.use(probes);
    app.get("/orders", (_req, res) => void res.send("the application's"));
    return app;
  },
  "Express 5 after body parsers": (probes) => {
    const app = express();
    app.use(express.json(), express.urlencoded({ extended: true }), express.text());
    app.use(probes);
    app.get("/orders", (_req, res) => void res.send("the application's"));
    return app;
  },
  "Express 5 before body parsers": (probes) => {
    const app = express();
    app.use(probes);
    app.use(express.json(), express.urlencoded({ extended: true }), express.text());
    app.get("/orders", (_req, res) => void res.send("the application's"));
    return app;
  },
  "an Express router": (probes) => {
    const app = express();
    const router = express.Router();
    router.use(probes);
    router.get("/orders", (_req, res) => void res.send("the application's"));
    app.use(router);
    return app;
  },
  "Koa 3": (probes) => {
    const app = new Koa();
    app.use((ctx, next) => probes(ctx.req, ctx.res, next));
    app.use((ctx) => {
      if (ctx.url === "/orders") ctx.body = "the application's";
    });
    return app.listen(0, () => {}).unref();
  },
};

for (const [name, mount] of Object.entries(mounts)) {
  describe(`mounted in ${name}`, () => {
    test("each probe is answered with 200 when it passes", async () => {
      const app = mount(probeHandler(startedService().health));
      for (const path of ["/startupz", "/livez", "/readyz", "/readyz/", "/readyz?verbose", "/readyz/ping"]) {
        await request(app).get(path).expect(200).expect("content-type", "text/plain; charset=utf-8");
      }
      await request(app).get("/readyz").expect("ok");
    });

    test("a probe that fails is answered with 503 and its lines", async () => {
      const app = mount(probeHandler(failingService().health));
      await request(app)
        .get("/readyz")
        .expect(503)
        .expect(/^\[-\]db failed: reason withheld$/m);
      await request(app).get("/livez").expect(200);
      await request(app).get("/readyz/ping").expect(200);
      await request(app).get("/readyz/db").expect(503);
    });

    test("an answer is not for caches, nor for a connection to be kept", async () => {
      const app = mount(probeHandler(failingService().health));
      for (const path of ["/livez", "/readyz", "/readyz/ping", "/readyz/nosuch"]) {
        await request(app).get(path).set("connection", "keep-alive").expect("cache-control", "no-store");
        await request(app).get(path).set("connection", "keep-alive").expect("connection", "close");
      }
    });

    test("HEAD is answered as GET is, without the body", async () => {
      const app = mount(probeHandler(failingService().health));
      for (const path of ["/livez", "/readyz", "/readyz/ping", "/readyz/nosuch"]) {
        const get = await request(app).get(path);
        const head = await request(app).head(path);
        assert.equal(head.status, get.status);
        assert.equal(head.headers["content-length"], get.headers["content-length"]);
        assert.equal(head.headers["content-type"], get.headers["content-type"]);
        assert.equal(head.text, undefined);
      }
    });

    test("other methods are answered with 405, with and without a body", async () => {
      const app = mount(probeHandler(startedService().health));
      for (const path of ["/readyz", "/readyz/ping"]) {
        await request(app).delete(path).expect(405).expect("allow", "GET, HEAD");
        await request(app).options(path).expect(405).expect("allow", "GET, HEAD");
        await request(app).post(path).send({ a: 1 }).expect(405).expect("allow", "GET, HEAD");
        await request(app).post(path).type("form").send("a=1").expect(405);
      }
    });

    test("what asks for no probe goes on", async () => {
      const app = mount(probeHandler(startedService().health));
      await request(app).get("/orders").expect(200).expect("the application's");
    });

    test("a check that is not known is 404", async () => {
      const app = mount(probeHandler(startedService().health));
      await request(app).get("/readyz/nosuch").expect(404).expect("cache-control", "no-store");
      await request(app)
        .get("/readyz/%E0%A4%A")
        .expect((response) => assert.ok([400, 404].includes(response.status)));
    });
  });
}

describe("the form of an answer", () => {
  test("is the one that is asked for", async () => {
    const app = createServer(plain(failingService()));
    const ask = (accept: string): request.Test => request(app).get("/readyz").set("accept", accept);
    await ask("*/*").expect("content-type", "text/plain; charset=utf-8");
    await ask("application/json")
      .expect("content-type", "application/json")
      .expect(/"result":"fail"/);
    await ask("application/health+json")
      .expect("content-type", "application/health+json")
      .expect(({ text }) => assert.equal((JSON.parse(text) as { status: string }).status, "fail"));
    await ask("text/plain;q=0.5, application/json;q=0.8").expect("content-type", "application/json");
    await ask("text/html,application/xhtml+xml,*/*;q=0.8").expect("content-type", "text/plain; charset=utf-8");
  });

  for (const accept of ["constructor", "__proto__", "valueOf, toString", ""]) {
    test(`is text for one who accepts "${accept}"`, async () => {
      await request(createServer(plain(startedService())))
        .get("/livez")
        .set("accept", accept)
        .expect(200)
        .expect("ok");
    });
  }

  test("has Retry-After when only checks are in the way", async () => {
    const service = startedService();
    service.health.check("db", () => Promise.reject(new Error("refused")), { intervalMs: 2_000, jitter: 0 });
    await service.clock.advance(0);
    const app = createServer(plain(service));
    await request(app).get("/readyz").expect(503).expect("retry-after", "2");
    const hand = Promise.withResolvers<void>();
    service.lifecycle.onDrain("orders", () => hand.promise);
    const stopped = service.lifecycle.stop();
    const { headers } = await request(app).get("/readyz").expect(503);
    assert.equal("retry-after" in headers, false);
    hand.resolve();
    await stopped;
  });
});

describe("in Express", () => {
  test("it can be mounted below a path", async () => {
    const app = express();
    app.use("/internal", probeHandler(startedService().health));
    await request(app).get("/internal/readyz").expect(200).expect("ok");
    await request(app).get("/internal/readyz/ping").expect(200);
    await request(app).get("/internal/").expect(404);
    await request(app).get("/readyz").expect(404);
  });

  test("it can be mounted on the path of a probe", async () => {
    const app = express();
    app.get("/readyz{/*check}", probeHandler(startedService().health));
    await request(app).get("/readyz").expect(200);
    await request(app).get("/readyz/ping").expect(200);
  });

  test("it answers before what authenticates", async () => {
    const app = express();
    app.use(probeHandler(startedService().health));
    app.use((_req, res) => void res.status(401).end());
    await request(app).get("/readyz").expect(200);
    await request(app).get("/orders").expect(401);
  });

  test("headers that were set before it go with the answer", async () => {
    const app = express();
    app.use((_req, res, next) => {
      res.set({ "x-request-id": "7", "cache-control": "max-age=60", connection: "keep-alive" });
      next();
    });
    app.use(probeHandler(startedService().health));
    await request(app)
      .get("/readyz")
      .expect("x-request-id", "7")
      .expect("cache-control", "no-store")
      .expect("connection", "close");
  });
});

describe("without next", () => {
  test("what asks for no probe is 404", async () => {
    const app = createServer(plain(startedService()));
    for (const path of ["/", "/orders", "/readyzz", "//", "/%"]) {
      await request(app).get(path).expect(404).expect("cache-control", "no-store").expect("connection", "close");
    }
    await request(app).post("/orders").send({ a: 1 }).expect(404);
  });
});

describe("the handler", () => {
  const asking = (url: string): Parameters<ProbeHandler>[0] => ({ method: "GET", url, headers: {} });
  const response = { writeHead: () => {}, end: () => {} };

  test("returns what next returns, so that it can be awaited", async () => {
    const probes = probeHandler(startedService().health);
    assert.equal(await probes(asking("/orders"), response, async () => Promise.resolve("done")), "done");
    assert.equal(
      probes(asking("/readyz"), response, () => "done"),
      undefined,
    );
  });

  test("lets what next throws pass through", () => {
    const probes = probeHandler(startedService().health);
    const error = new Error("the application's");
    const next = (): never => {
      throw error;
    };
    assert.throws(
      () => probes(asking("/orders"), response, next),
      (thrown) => thrown === error,
    );
  });

  test("calls next with nothing, as Connect expects", () => {
    const probes = probeHandler(startedService().health);
    let got: readonly unknown[] = ["not called"];
    probes(asking("/orders"), response, (...args: readonly unknown[]) => (got = args));
    assert.deepEqual(got, []);
  });

  test("asks for the connection to be closed when a request does not tell its version", () => {
    const probes = probeHandler(startedService().health);
    let sent: Readonly<Record<string, string>> = {};
    const listening = {
      ...response,
      writeHead: (_status: number, headers: Record<string, string>) => (sent = headers),
    };
    probes(asking("/readyz"), listening);
    assert.equal(sent["connection"], "close");
  });

  test("writes no body for HEAD, also where nobody else would leave it out", () => {
    const probes = probeHandler(startedService().health);
    const bodies: unknown[] = [];
    const listening = { ...response, end: (...body: readonly unknown[]) => void bodies.push(...body) };
    probes(asking("/readyz"), listening);
    probes({ ...asking("/readyz"), method: "HEAD" }, listening);
    assert.deepEqual(bodies, ["ok"]);
  });

  test("refuses options of no known value when it is made", () => {
    const { health } = startedService();
    assert.throws(() => probeHandler(health, { paths: { readiness: "ready" } }), { code: "ERR_SEAWORTHY_OPTION" });
  });

  test("shows reasons only where it is told to, at its custom paths", async () => {
    const probes = probeHandler(failingService().health, { paths: { readiness: "/health/ready" }, showReasons: true });
    const app = createServer((req, res) => void probes(req, res));
    await request(app)
      .get("/health/ready")
      .expect(503)
      .expect(/db failed: connection refused/);
    await request(app).get("/readyz").expect(404);
  });

  test("answers over HTTP/2, where there is no Connection header", async (t) => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    t.after(() => process.off("warning", onWarning));
    const probes = probeHandler(startedService().health);
    const server = createHttp2Server((req, res) => void probes(req, res)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    t.after(() => {
      session.destroy();
      server.close();
    });
    for (const method of ["GET", "HEAD"]) {
      const stream = session.request({ ":path": "/readyz", ":method": method });
      const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
      assert.equal(headers[":status"], 200);
      assert.equal(headers["cache-control"], "no-store");
      assert.equal("connection" in headers, false);
      assert.equal(await readAll(stream), method === "GET" ? "ok" : "");
    }
    assert.deepEqual(warnings, []);
  });
});
