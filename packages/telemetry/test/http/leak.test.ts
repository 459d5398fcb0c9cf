import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, IncomingMessage, ServerResponse, get } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { queryObjects } from "node:v8";
import { trace } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { traceHttpClients } from "../../src/http/client.ts";
import { traceHttpServers } from "../../src/http/server.ts";
import { contexts, listening } from "./traced.ts";

/** Waits for the end of a request, whichever it is. */
type Ask = (port: number) => Promise<unknown>;

const pool = new Agent({ keepAlive: true, maxSockets: 20 });

const asks: readonly Ask[] = [
  async (port) => {
    const sent = get({ port, host: "127.0.0.1", agent: pool });
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    await once(response, "close");
  },
  async (port) => (await fetch(`http://127.0.0.1:${port}/`)).text(),
  // Aborted before there is an answer, and in the middle of one.
  async (port) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 2);
    await fetch(`http://127.0.0.1:${port}/never`, { signal: controller.signal }).catch(() => {});
  },
  async (port) => {
    const sent = get({ port, host: "127.0.0.1", path: "/half", agent: false }).on("error", () => {});
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.on("error", () => {}).destroy();
    await once(response, "close");
  },
  async (port) => {
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.write("GET /never HTTP/1.1\r\nhost: a\r\n\r\n".repeat(5));
    await sleep(2);
    socket.destroy();
  },
];

test("5,000 requests, many of them aborted, leave nothing behind", async (t) => {
  const live = { spans: 0 };
  let spanClass: (new () => object) | undefined;
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart(span) {
          live.spans += 1;
          spanClass ??= span.constructor as new () => object;
        },
        onEnd: () => void (live.spans -= 1),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  const meters = new MeterProvider();
  const notices: unknown[] = [];
  const common = {
    tracer: provider.getTracer("http"),
    meter: meters.getMeter("http"),
    tell: (notice: unknown) => void notices.push(notice),
    contexts,
  };
  const attached = [traceHttpServers(common), traceHttpClients(common)];
  t.after(async () => {
    for (const handle of attached) handle[Symbol.dispose]();
    pool.destroy();
    await provider.shutdown();
    await meters.shutdown();
  });
  const { port } = await listening(t, (incoming, response) => {
    assert.ok(trace.getSpan(contexts.active()));
    if (incoming.url === "/half") response.writeHead(200).write("half");
    else if (incoming.url !== "/never") response.end("hello");
  });

  let asked = 0;
  const askMany = (count: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: 40 }, async () => {
        for (let number = 0; number < count / 40; number += 1) await asks[asked++ % asks.length]?.(port);
      }),
    );
  /** What is alive once the rubbish is gone; it settles, since callbacks of the last requests may be on their way. */
  async function left(): Promise<readonly number[]> {
    while (live.spans > 0) await sleep(5);
    await sleep(50);
    return [IncomingMessage, ServerResponse, spanClass as new () => object].map((one) =>
      queryObjects(one, { format: "count" }),
    );
  }
  await askMany(1_000);
  const before = await left();
  await askMany(4_000);
  const after = await left();
  for (const [index, count] of after.entries()) {
    const start = before[index] ?? 0;
    assert.ok(
      count < start + 100,
      `${count} of ${["requests", "responses", "spans"][index]} are left, and ${start} before`,
    );
  }
  assert.deepEqual(notices, []);
});
