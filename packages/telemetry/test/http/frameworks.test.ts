import "reflect-metadata";
import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, type Server, request } from "node:http";
import { createRequire } from "node:module";
import { type TestContext, test } from "node:test";
import { serve } from "@hono/node-server";
import { Router } from "@koa/router";
import { Controller, Get, Param } from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { SmartRouter } from "hono/router/smart-router";
import Koa from "koa";
import { hookFastify } from "../../src/http/fastify-route.ts";
import { watchHonoRoutes } from "../../src/http/hono-route.ts";
import { watchKoaRoutes } from "../../src/http/koa-route.ts";
import { setHttpRoute } from "../../src/http/route.ts";
import { type Traced, listening, traced } from "./traced.ts";

const require = createRequire(import.meta.url);

/** The majors that are in use. What is used of them here has one type. */
const expresses = { "Express 5": express, "Express 4": require("express-4") as typeof express } as const;
const fastifies = { "Fastify 5": fastify, "Fastify 4": require("fastify-4") as typeof fastify } as const;
const koas = { "Koa 3": Koa, "Koa 2": require("koa-2") as typeof Koa } as const;

/** Sends requests one after another, and returns how their spans are called. */
async function namesOf(tracing: Traced, port: number, paths: readonly string[]): Promise<string[]> {
  const before = tracing.spans().length;
  for (const target of paths) {
    const [method = "GET", path] = target.includes(" ") ? target.split(" ") : ["GET", target];
    const sent = request({ port, host: "127.0.0.1", method, path, agent: false }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    await once(response, "close");
    await tracing.ended(before + paths.indexOf(target) + 1);
  }
  const spans = tracing.spans().slice(before);
  for (const { name, attributes } of spans) {
    const { "http.request.method": method, "http.route": route } = attributes;
    assert.equal(name, [method, route].filter((part) => typeof part === "string").join(" "));
  }
  return spans.map(({ name }) => name);
}

/** The routes that the metric knows. */
const routesOf = async (tracing: Traced): Promise<unknown[]> =>
  (await tracing.points("http.server.request.duration")).map(({ attributes }) => attributes["http.route"]);

const ok: express.RequestHandler = (_request, response) => void response.send("ok");

for (const [name, create] of Object.entries(expresses)) {
  test(`${name}: a route is told as it was written, with the paths of its routers`, async (t) => {
    const tracing = traced(t);
    const app = create();
    app.get("/", ok);
    app.get("/users/:id", ok);
    app.get(/^\/files\/.+/, ok);
    app.get(["/a", "/b"], ok);
    app.get("/late/:id", (_request, response) => void setTimeout(() => response.send("ok"), 2));
    const inner = create.Router({ mergeParams: true });
    inner.get("/orders/:order", ok);
    inner.get("/", ok);
    app.use("/tenants/:tenant", inner);
    const twice = create.Router();
    twice.get("/twice/:id", ok);
    app.use("/v1", twice);
    app.use("/v2", twice);
    const often = create.Router();
    often.get("/:id", ok);
    app.use(["/this", "/that"], often);
    app.use("/other", often);
    const part = create();
    part.get("/reports/:year", ok);
    app.use("/part", part);
    app.use("/static", ok);
    const { port } = await listening(t, app);
    assert.deepEqual(
      await namesOf(tracing, port, [
        "/",
        "/users/7?x=1",
        "/files/readme",
        "/a",
        "/late/1",
        "/tenants/acme/orders/12",
        "/tenants/acme",
        "/v1/twice/1",
        "/v2/twice/1",
        "/that/1",
        "/other/1",
        "/part/reports/2026",
        "/static/style.css",
        "/nowhere",
        "POST /users/7",
      ]),
      [
        "GET /",
        "GET /users/:id",
        "GET /^\\/files\\/.+/",
        "GET /a,/b",
        "GET /late/:id",
        "GET /tenants/:tenant/orders/:order",
        "GET /tenants/:tenant",
        "GET /v1/twice/:id",
        "GET /v2/twice/:id",
        "GET /this,/that/:id",
        "GET /other/:id",
        "GET /part/reports/:year",
        "GET",
        "GET",
        "POST",
      ],
    );
    assert.ok((await routesOf(tracing)).includes("/tenants/:tenant/orders/:order"));
  });

  test(`${name}: a route is told when its handler fails, though Express has left the router by then`, async (t) => {
    const tracing = traced(t);
    const app = create();
    const inner = create.Router();
    inner.get("/orders/:id", () => {
      throw new Error("out of stock");
    });
    app.use("/shops/:shop", inner);
    app.use(((_error, _request, response, _next) => void response.status(500).end()) as express.ErrorRequestHandler);
    const { port } = await listening(t, app);
    assert.deepEqual(await namesOf(tracing, port, ["/shops/1/orders/2"]), ["GET /shops/:shop/orders/:id"]);
  });
}

test("Express 4: where a router is mounted is told as it was written, however that was", async (t) => {
  const tracing = traced(t);
  const app = expresses["Express 4"]();
  const router = express4Router();
  for (const path of ["/numbers/:id(\\d+)", "/maybe/:id?", "/v1.0/a-b/:x.:y", "/any*/more", ["/one", "/two/:t"]]) {
    app.use(path, router);
  }
  app.use(/^\/expression\d+/, express4Router());
  app.use(express4Router("/bare/:id"));
  const { port } = await listening(t, app);
  const paths = ["/numbers/5", "/maybe/5", "/v1.0/a-b/q.w", "/anything/more", "/two/3", "/expression55"];
  assert.deepEqual(await namesOf(tracing, port, [...paths.map((path) => `${path}/users/7`), "/bare/7"]), [
    "GET /numbers/:id(\\d+)/users/:id",
    "GET /maybe/:id?/users/:id",
    "GET /v1.0/a-b/:x.:y/users/:id",
    "GET /any*/more/users/:id",
    "GET /one,/two/:t/users/:id",
    "GET /^\\/expression\\d+//users/:id",
    "GET /bare/:id",
  ]);
});

/** With one route. */
function express4Router(path = "/users/:id"): express.Router {
  return expresses["Express 4"].Router().get(path, ok);
}

for (const [name, create] of Object.entries(fastifies)) {
  test(`${name}: a route is told by Fastify itself, of refused requests too`, async (t) => {
    const tracing = traced(t);
    const app = create();
    t.after(() => app.close());
    app.get("/users/:id", () => "ok");
    app.get("/closed/:id", { preHandler: (_request, reply) => void reply.code(401).send("no") }, () => "ok");
    app.get<{ Querystring: { n: number } }>(
      "/sum",
      { schema: { querystring: { type: "object", required: ["n"], properties: { n: { type: "integer" } } } } },
      () => "ok",
    );
    app.register(
      (part, _options, done) => {
        part.get("/part/*", () => "ok");
        done();
      },
      { prefix: "/v1" },
    );
    await app.listen({ port: 0, host: "127.0.0.1" });
    const port = (app.server.address() as { port: number }).port;
    assert.deepEqual(await namesOf(tracing, port, ["/users/7", "/closed/1", "/sum", "/v1/part/x", "/nowhere"]), [
      "GET /users/:id",
      "GET /closed/:id",
      "GET /sum",
      "GET /v1/part/*",
      "GET",
    ]);
  });
}

test("Fastify 5: an application that was made before tells its routes as their handlers are called", async (t) => {
  const app = fastify();
  t.after(() => app.close());
  app.get("/users/:id", () => "ok");
  const tracing = traced(t);
  await app.listen({ port: 0, host: "127.0.0.1" });
  const port = (app.server.address() as { port: number }).port;
  assert.deepEqual(await namesOf(tracing, port, ["/users/7", "/nowhere"]), ["GET /users/:id", "GET"]);
});

test("Fastify 4: an application that was made before tells no route, unless it was hooked", async (t) => {
  const application = async (): Promise<number> => {
    const app = fastifies["Fastify 4"]();
    t.after(() => app.close());
    app.get("/users/:id", () => "ok");
    await app.listen({ port: 0, host: "127.0.0.1" });
    return (app.server.address() as { port: number }).port;
  };
  const unhooked = await application();
  const hooking = hookFastify();
  const hooked = await application();
  hooking[Symbol.dispose]();
  const tracing = traced(t);
  assert.deepEqual(await namesOf(tracing, unhooked, ["/users/7"]), ["GET"]);
  assert.deepEqual(await namesOf(tracing, hooked, ["/users/7"]), ["GET /users/:id"]);
  tracing.servers[Symbol.dispose]();
  const again = traced(t);
  assert.deepEqual(await namesOf(again, hooked, ["/users/7"]), ["GET /users/:id"]);
});

for (const [name, Application] of Object.entries(koas)) {
  test(`${name}: the routes of its router are told once it is watched`, async (t) => {
    const tracing = traced(t);
    const app = new Application();
    const router = new Router({ prefix: "/v1" });
    router.get("/users/:id", (context) => void (context.body = "ok"));
    router.get("/broken/:id", (context) => context.throw(503));
    app.use(router.routes());
    app.silent = true;
    const serveKoa = app.callback();
    const { port } = await listening(t, (asked, response) => void serveKoa(asked, response));
    assert.deepEqual(await namesOf(tracing, port, ["/v1/users/7"]), ["GET"]);
    const watched = watchKoaRoutes(Application);
    assert.deepEqual(await namesOf(tracing, port, ["/v1/users/7", "/v1/broken/7", "/v1/nowhere"]), [
      "GET /v1/users/:id",
      "GET /v1/broken/:id",
      "GET",
    ]);
    watched[Symbol.dispose]();
    assert.deepEqual(await namesOf(tracing, port, ["/v1/users/7"]), ["GET"]);
  });
}

/** What hono makes, on a server of Node. */
async function serveHono(t: TestContext, app: Hono): Promise<number> {
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  if (!server.listening) await once(server, "listening");
  return (server.address() as { port: number }).port;
}

function honoApplication(): Hono {
  const app = new Hono();
  app.use("*", async (_context, next) => next());
  app.get("/users/:id", (context) => context.text("ok"));
  const inner = new Hono();
  inner.get("/:order", (context) => context.text("ok"));
  inner.onError((_error, context) => context.text("no", 500));
  inner.get("/broken/:id", () => {
    throw new Error("out of stock");
  });
  app.route("/orders", inner);
  app.all("/any/:id", (context) => context.text("ok"));
  return app;
}

test("Hono: routes are told once it is watched", async (t) => {
  const tracing = traced(t);
  const watched = watchHonoRoutes(SmartRouter);
  t.after(() => watched[Symbol.dispose]());
  const port = await serveHono(t, honoApplication());
  const paths = ["/users/7", "/orders/8", "/orders/broken/9", "/any/1", "/nowhere", "/users/9"];
  assert.deepEqual(await namesOf(tracing, port, paths), [
    "GET /users/:id",
    "GET /orders/:order",
    "GET /orders/broken/:id",
    "GET /any/:id",
    "GET",
    "GET /users/:id",
  ]);
});

test("Hono: routes are told no more when it is let go of", async (t) => {
  const tracing = traced(t);
  const watched = watchHonoRoutes(SmartRouter);
  const port = await serveHono(t, honoApplication());
  assert.deepEqual(await namesOf(tracing, port, ["/users/7", "/users/7"]), ["GET /users/:id", "GET /users/:id"]);
  watched[Symbol.dispose]();
  assert.deepEqual(await namesOf(tracing, port, ["/users/7"]), ["GET"]);
  const later = await serveHono(t, honoApplication());
  assert.deepEqual(await namesOf(tracing, later, ["/users/7"]), ["GET"]);
});

/** Its own answer to what nobody has is a route of Express under the prefix, and none of Fastify. */
const nests: readonly (readonly [string, () => AbstractHttpAdapter, string])[] = [
  ["Express", () => new ExpressAdapter(), "GET /api/*path"],
  ["Fastify", () => new FastifyAdapter(), "GET"],
];

for (const [name, createAdapter, nowhere] of nests) {
  test(`Nest on ${name}: a route is told with its prefix, of failed requests too`, async (t) => {
    const tracing = traced(t);
    class Cats {
      find(id: string): string {
        if (id === "0") throw new Error("no such cat");
        return id;
      }
    }
    Get(":id")(Cats.prototype, "find", Object.getOwnPropertyDescriptor(Cats.prototype, "find") as PropertyDescriptor);
    Param("id")(Cats.prototype, "find", 0);
    Controller("cats")(Cats);
    const app = await NestFactory.create({ module: Cats, controllers: [Cats] }, createAdapter(), { logger: false });
    t.after(() => app.close());
    app.setGlobalPrefix("api");
    await app.listen(0, "127.0.0.1");
    const port = ((app.getHttpServer() as Server).address() as { port: number }).port;
    assert.deepEqual(await namesOf(tracing, port, ["/api/cats/7", "/api/cats/0", "/api/dogs"]), [
      "GET /api/cats/:id",
      "GET /api/cats/:id",
      nowhere,
    ]);
    assert.ok((await routesOf(tracing)).includes("/api/cats/:id"));
  });
}

test("any other framework can tell its route, from wherever the request is handled", async (t) => {
  const tracing = traced(t);
  const { port } = await listening(t, (incoming, response) => {
    setTimeout(() => {
      setHttpRoute(incoming.url?.replace(/\d+/, ":id") ?? "");
      response.end();
    }, 1);
  });
  assert.deepEqual(await namesOf(tracing, port, ["/things/7"]), ["GET /things/:id"]);
  assert.deepEqual(await routesOf(tracing), ["/things/:id"]);
  setHttpRoute("/outside");
});
