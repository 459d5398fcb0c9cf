import assert from "node:assert/strict";
import { fork, spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, type Socket, connect } from "node:net";
import { networkInterfaces } from "node:os";
import { type TestContext, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SeaworthyError, createLifecycle, lifecycleChannels } from "@seaworthy/lifecycle";
import { createHealth } from "@seaworthy/health";
import request from "supertest";
import { type ProbeServerOptions, probeServerDefaults } from "../src/probe-server-options.ts";
import { type ProbeServer, serveProbes } from "../src/probe-server.ts";
import { type TestService, failReadiness, listening, startedService } from "./service.ts";

interface Served {
  readonly service: TestService;
  readonly probes: ProbeServer;
  readonly port: number;
  readonly url: string;
}

async function serve(t: TestContext, options: ProbeServerOptions = {}): Promise<Served> {
  const service = startedService();
  const probes = serveProbes(service.health, { port: 0, thread: false, ...options });
  t.after(() => probes[Symbol.asyncDispose]());
  const { port } = await probes.whenListening;
  return { service, probes, port, url: `http://127.0.0.1:${port}` };
}

/** Connects, sends, and reads what comes until the other side ends or cuts. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = await parked(port, text);
  return read(socket);
}

async function parked(port: number, text = ""): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  if (text !== "") socket.write(text);
  return socket;
}

function read(socket: Socket): Promise<string> {
  let text = "";
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => {});
  socket.on("close", () => resolve(text));
  return promise;
}

const refusesConnections = async (port: number, host = "127.0.0.1"): Promise<void> => {
  const socket = connect(port, host);
  await assert.rejects(once(socket, "connect"), { code: "ECONNREFUSED" });
};

async function connectionsOf({ server }: ProbeServer): Promise<number> {
  assert.ok(server);
  return promisify(server.getConnections.bind(server))();
}

const answersIn = (text: string): readonly string[] => text.match(/HTTP\/1\.1 \d+/g) ?? [];

describe("the probe server", () => {
  test("answers probes and nothing else", async (t) => {
    const { url, service } = await serve(t);
    for (const path of ["/startupz", "/livez", "/readyz"]) await request(url).get(path).expect(200).expect("ok");
    for (const path of ["/", "/metrics", "/orders", "/readyzz"]) await request(url).get(path).expect(404);
    await request(url).post("/orders").expect(404);
    await request(url).post("/livez").expect(405);
    failReadiness(service);
    await request(url).get("/readyz").expect(503);
    await request(url).get("/livez").expect(200);
    await request(url).head("/readyz").expect(503);
  });

  test("takes the options of the handler", async (t) => {
    const { url, service } = await serve(t, { paths: { readiness: "/ready" }, showReasons: true });
    failReadiness(service);
    await request(url)
      .get("/ready")
      .expect(503)
      .expect(/connection refused/);
    await request(url).get("/readyz").expect(404);
  });

  test("is on the port that OpenTelemetry has for Prometheus, unless told otherwise", () => {
    assert.equal(probeServerDefaults.port, 9464);
  });

  test("picks a free port for 0, and says which", async (t) => {
    const { port, probes } = await serve(t);
    assert.ok(port > 0);
    assert.deepEqual(probes.server?.address(), await probes.whenListening);
  });

  const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

  test("listens on IPv6 and IPv4", { skip: !hasIPv6 && "no IPv6 here" }, async (t) => {
    const { port } = await serve(t);
    for (const host of ["127.0.0.1", "[::1]"]) await request(`http://${host}:${port}`).get("/livez").expect(200);
  });

  test("listens on one address alone when told to", async (t) => {
    const { probes, port } = await serve(t, { host: "127.0.0.1" });
    assert.equal((await probes.whenListening).address, "127.0.0.1");
    if (hasIPv6) await refusesConnections(port, "::1");
  });

  test("takes the highest port that there is", async () => {
    const probes = serveProbes(startedService().health, { port: 65_535, host: "127.0.0.1", thread: false });
    await probes.whenListening.catch((error: unknown) => assert.ok(error instanceof SeaworthyError));
    await probes[Symbol.asyncDispose]();
  });

  for (const port of [-1, 65_536, 1.5, NaN, "9464", null]) {
    test(`refuses the port ${String(port)} (${typeof port})`, () => {
      const { health } = startedService();
      assert.throws(() => serveProbes(health, { port: port as number }), { code: "ERR_SEAWORTHY_OPTION" });
    });
  }

  test("refuses options of no known value, and opens nothing", async () => {
    const { health, lifecycle } = startedService();
    for (const options of [{ onPortInUse: "retry" }, { showReasons: "yes" }, { paths: { liveness: "/" } }]) {
      assert.throws(() => serveProbes(health, { port: 0, ...options } as ProbeServerOptions), {
        code: "ERR_SEAWORTHY_OPTION",
      });
    }
    assert.deepEqual((await lifecycle.stop()).hooks, []);
  });

  test("outlives an error of its server", async (t) => {
    const { url, probes } = await serve(t);
    probes.server?.emit("error", new Error("no memory to accept"));
    await request(url).get("/livez").expect(200);
  });

  test("is one in a life: a second one is refused before anything is open", async (t) => {
    const { service, url } = await serve(t);
    const handles = process.getActiveResourcesInfo().length;
    assert.throws(() => serveProbes(service.health, { port: 0 }), { code: "ERR_SEAWORTHY_DUPLICATE_NAME" });
    assert.equal(process.getActiveResourcesInfo().length, handles);
    await request(url).get("/livez").expect(200);
  });
});

describe("a port in use", () => {
  const ignore = (): void => {};

  test("is an error that says what to do", async (t) => {
    const taken = await listening(t, ignore);
    const probes = serveProbes(startedService().health, { port: taken.port, host: "127.0.0.1", thread: false });
    await assert.rejects(probes.whenListening, (error: unknown) => {
      assert.ok(error instanceof SeaworthyError);
      assert.equal(error.code, "ERR_SEAWORTHY_PROBE_PORT");
      assert.match(
        error.message,
        /^Expected to listen for probes on 127\.0\.0\.1, port \d+, got .+\(EADDRINUSE\)\. [A-Z].+\.$/,
      );
      assert.equal((error.cause as NodeJS.ErrnoException).code, "EADDRINUSE");
      return true;
    });
    await probes[Symbol.asyncDispose]();
  });

  test("does not end the process when nobody waits for it, nor the stop", async (t) => {
    const taken = await listening(t, ignore);
    const { health, lifecycle } = startedService();
    const { server } = serveProbes(health, { port: taken.port, host: "127.0.0.1", thread: false });
    assert.ok(server);
    await new Promise((resolve) => void server.once("error", resolve));
    await new Promise((resolve) => void setImmediate(resolve));
    const { hooks, clean } = await lifecycle.stop();
    assert.deepEqual(
      hooks.map(({ name, outcome }) => `${name} ${outcome}`),
      ["probe server done"],
    );
    assert.equal(clean, true);
  });

  test("can fall back to another one, and is told", async (t) => {
    const taken = await listening(t, ignore);
    const notices: { code: string; message: string }[] = [];
    const onNotice = (message: unknown): void => void notices.push(message as { code: string; message: string });
    subscribe(lifecycleChannels.notice, onNotice);
    t.after(() => unsubscribe(lifecycleChannels.notice, onNotice));
    const { port, url } = await serve(t, { port: taken.port, host: "127.0.0.1", onPortInUse: "fallback" });
    assert.notEqual(port, taken.port);
    await request(url).get("/livez").expect(200);
    assert.equal(notices.length, 1);
    assert.equal(notices[0]?.code, "probe-port");
    assert.ok(notices[0].message.includes(String(taken.port)) && notices[0].message.includes(String(port)));
  });

  test("falls back only when it is in use", async () => {
    const probes = serveProbes(startedService().health, {
      port: 0,
      host: "192.0.2.1",
      onPortInUse: "fallback",
      thread: false,
    });
    await assert.rejects(probes.whenListening, (error: unknown) => {
      assert.ok(error instanceof SeaworthyError);
      assert.equal(error.code, "ERR_SEAWORTHY_PROBE_PORT");
      assert.match(error.message, /192\.0\.2\.1/);
      return true;
    });
  });

  test("is seen whether the other server has it on all addresses or on one", async (t) => {
    const all = createServer(ignore).listen(0);
    t.after(() => all.close());
    await once(all, "listening");
    const { port } = all.address() as AddressInfo;
    const probes = serveProbes(startedService().health, { port, thread: false });
    await assert.rejects(probes.whenListening, { code: "ERR_SEAWORTHY_PROBE_PORT" });
  });
});

describe("hostile clients", () => {
  test("cannot send more than 8 KiB of headers", async (t) => {
    const { port, url } = await serve(t);
    const text = await exchange(port, `GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(9_000)}\r\n\r\n`);
    assert.deepEqual(answersIn(text), ["HTTP/1.1 431"]);
    await request(url).get("/livez").set("x-long", "x".repeat(7_000)).expect(200);
  });

  test("cannot keep a socket with half a request: 408, and gone", async (t) => {
    const { port } = await serve(t);
    const [half, line, silent] = await Promise.all([
      exchange(port, "GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: "),
      exchange(port, "GET /li"),
      exchange(port, ""),
    ]);
    assert.deepEqual(answersIn(half), ["HTTP/1.1 408"]);
    assert.deepEqual(answersIn(line), ["HTTP/1.1 408"]);
    assert.deepEqual(answersIn(silent), ["HTTP/1.1 408"]);
  });

  test("cannot keep a probe out by parking 200 sockets", async (t) => {
    const { port, url, probes } = await serve(t);
    const sockets = await Promise.all(Array.from({ length: 200 }, () => parked(port)));
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    await request(url).get("/livez").expect(200);
    const connections = await connectionsOf(probes);
    assert.ok(connections <= 16, `${connections} connections`);
  });

  test("cannot end a preStop hook that waits for its window by parking sockets", async (t) => {
    const { port, url, service } = await serve(t);
    const door = service.lifecycle.openDoor();
    t.after(() => door[Symbol.dispose]());
    const hook = fetch(`${url}/prestop`);
    await new Promise((resolve) => service.lifecycle.onLeave(() => resolve(undefined)));
    const sockets = await Promise.all(Array.from({ length: 40 }, () => parked(port)));
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    await request(url).get("/livez").expect(200);
    await service.clock.advance(1_000);
    assert.equal((await hook).status, 200);
  });

  test("cannot park more than the server holds, even all at once", async (t) => {
    const { port } = await serve(t);
    const sockets = Array.from({ length: 200 }, () => connect(port, "127.0.0.1"));
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    const { promise, resolve } = Promise.withResolvers<void>();
    let cut = 0;
    for (const socket of sockets) {
      socket.on("error", () => {});
      socket.resume().on("close", () => {
        cut += 1;
        if (cut === 200 - 16) resolve();
      });
    }
    await promise;
  });

  test("cannot make it read a body", async (t) => {
    const { port } = await serve(t);
    const head = (method: string): string =>
      `${method} /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n`;
    assert.deepEqual(answersIn(await exchange(port, `${head("GET")}some of it`)), ["HTTP/1.1 200"]);
    assert.deepEqual(answersIn(await exchange(port, `${head("POST")}some of it`)), ["HTTP/1.1 405"]);
    const chunked = "POST /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    assert.deepEqual(answersIn(await exchange(port, chunked)), ["HTTP/1.1 405"]);
  });

  test("get one answer for pipelined requests, and the connection ends", async (t) => {
    const { port } = await serve(t);
    const text = await exchange(port, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
    assert.deepEqual(answersIn(text), ["HTTP/1.1 200"]);
  });

  test("cannot keep a connection alive", async (t) => {
    const { port } = await serve(t);
    for (const path of ["/livez", "/orders", "/readyz/nosuch"]) {
      const text = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n`);
      assert.match(text, /^connection: close\r$/im);
    }
    await exchange(port, "GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  });

  test("cannot hurt it with what is no HTTP, or asks for another protocol", async (t) => {
    const { port, url } = await serve(t);
    const host = "Host: x\r\n";
    const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const upgrade = `GET /livez HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    const texts = [
      "\u0016\u0003\u0001\u0002\u0000",
      "hello\r\n\r\n",
      preface,
      `CONNECT x:1 HTTP/1.1\r\n${host}\r\n`,
      upgrade,
    ];
    for (const text of texts) await exchange(port, text);
    const accept = (value: string): string => `GET /livez HTTP/1.1\r\n${host}Accept: ${value}\r\n\r\n`;
    for (const value of ["constructor", "__proto__", ";", ",,", "\u00ff"]) {
      assert.deepEqual(answersIn(await exchange(port, accept(value))), ["HTTP/1.1 200"]);
    }
    await request(url).get("/livez").expect(200);
  });
});

describe("the end", () => {
  test("a forked process whose parent has the port picks another one, as a worker of a cluster does", async (t) => {
    const { port } = await serve(t, { host: "127.0.0.1" });
    const file = fileURLToPath(new URL("forked-probes.fixture.ts", import.meta.url));
    const child = fork(file, [String(port)], { execArgv: process.execArgv });
    const [address] = (await once(child, "message")) as [AddressInfo];
    assert.ok(address.port > 0 && address.port !== port, `got ${JSON.stringify(address)}`);
    child.disconnect();
    await once(child, "exit");
  });

  test("a probe server does not hold its process, nor does who parks a socket there", async () => {
    const file = fileURLToPath(new URL("parked-probes.fixture.ts", import.meta.url));
    const flags = process.execArgv.filter((flag) => !flag.startsWith("--test"));
    const child = spawn(process.execPath, [...flags, file], { stdio: ["pipe", "pipe", "inherit"] });
    const [port] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    const heard = read(await parked(Number(port)));
    child.stdin.end();
    const [code] = (await once(child, "exit")) as [number | null];
    assert.equal(code, 0);
    assert.equal(await heard, "", "the process did not wait for its time-outs");
  });

  test("it answers until its hook runs, closes in it, and parked sockets do not delay that", async (t) => {
    const { service, port, url } = await serve(t);
    const sockets = await Promise.all([parked(port), parked(port, "GET /livez HTTP/1.1\r\n")]);
    const gone = Promise.all(sockets.map(read));
    const order: string[] = [];
    service.lifecycle.onDrain("orders", async () => {
      await request(url).get("/livez").expect(200);
      await request(url).get("/readyz").expect(503);
      order.push("draining");
    });
    service.lifecycle.onStop("pool", async () => {
      await request(url).get("/livez").expect(200);
      order.push("stopping");
    });
    const { hooks, clean } = await service.lifecycle.stop();
    assert.deepEqual(order, ["draining", "stopping"]);
    assert.equal(clean, true);
    assert.deepEqual(hooks.find(({ name }) => name === "probe server")?.outcome, "done");
    await refusesConnections(port);
    await gone;
  });

  test("an answer that is being written is written before the server closes", async (t) => {
    const { service, port, probes } = await serve(t);
    const socket = await parked(port, "GET /readyz?verbose HTTP/1.1\r\nHost: x\r\n\r\n");
    const answer = read(socket);
    assert.ok(probes.server);
    await once(probes.server, "request");
    await service.lifecycle.stop();
    assert.match(await answer, /^HTTP\/1\.1 200[\s\S]+readyz check passed\n$/);
  });

  test("disposing closes it, and takes it out of the stop", async (t) => {
    const { service, port, probes } = await serve(t);
    await probes[Symbol.asyncDispose]();
    await refusesConnections(port);
    assert.deepEqual((await service.lifecycle.stop()).hooks, []);
    await probes[Symbol.asyncDispose]();
  });

  test("disposing before it listens closes it as well", async () => {
    const lifecycle = createLifecycle();
    const probes = serveProbes(createHealth(lifecycle), { port: 0, host: "localhost", thread: false });
    await probes[Symbol.asyncDispose]();
    await probes.whenListening;
    assert.equal(probes.server?.listening, false);
  });
});
