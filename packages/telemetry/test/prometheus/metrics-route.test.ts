import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Meter } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import type { TelemetryNotice } from "../../src/channels.ts";
import type { MetricsRoute } from "../../src/prometheus/metrics-answer.ts";
import { type MetricsRouteOptions, metricsRoute } from "../../src/prometheus/metrics-route.ts";
import { createScrapeReader } from "../../src/prometheus/scrape-reader.ts";
import { parseExposition } from "./parse-exposition.ts";

interface Target {
  readonly meter: Meter;
  readonly provider: MeterProvider;
  readonly route: MetricsRoute;
  readonly told: readonly TelemetryNotice[];
}

function createTarget(options: Partial<MetricsRouteOptions> = {}): Target {
  const reader = createScrapeReader({ clock: createManualClock() });
  const provider = new MeterProvider({
    readers: [reader],
    resource: resourceFromAttributes({ "service.name": "orders" }),
  });
  const told: TelemetryNotice[] = [];
  const route = metricsRoute(reader, { tell: (notice) => told.push(notice), ...options });
  return { meter: provider.getMeter("shop"), provider, route, told };
}

const get = { method: "GET", headers: {} } as const;

test("a scrape is answered with 200 and what there is", async () => {
  const { meter, route } = createTarget();
  meter.createCounter("orders").add(2);
  const { status, headers, body } = await route(get);
  assert.equal(status, 200);
  assert.equal(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(headers["content-length"], String(Buffer.byteLength(body)));
  assert.equal(headers["cache-control"], "no-store");
  assert.deepEqual([...parseExposition(body as string, "text").keys()], ["target_info", "orders_total"]);
});

test("whoever asks for OpenMetrics gets it", async () => {
  const { meter, route } = createTarget();
  meter.createCounter("orders").add(2);
  const { headers, body } = await route({
    method: "GET",
    headers: { accept: "application/openmetrics-text;version=1.0.0" },
  });
  assert.equal(headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
  assert.deepEqual([...parseExposition(body as string, "openmetrics").keys()], ["target", "orders"]);
});

test("whoever asks for gzip gets the same in fewer bytes, which can be sent to another thread", async () => {
  const { meter, route } = createTarget();
  for (let at = 0; at < 100; at += 1) meter.createCounter("orders").add(2, { at });
  const plain = await route(get);
  const { headers, body } = await route({ method: "GET", headers: { "accept-encoding": "gzip" } });
  assert.ok(body instanceof Uint8Array);
  assert.equal(headers["content-encoding"], "gzip");
  assert.equal(headers["content-length"], String(body.byteLength));
  assert.ok(body.byteLength < Buffer.byteLength(plain.body) / 2);
  assert.equal(gunzipSync(structuredClone(body)).toString(), plain.body);
  assert.equal(body.buffer.byteLength, body.byteLength);
});

test("without gzip, nobody gets it", async () => {
  const { route } = createTarget({ gzip: false });
  const { headers, body } = await route({ method: "GET", headers: { "accept-encoding": "gzip" } });
  assert.equal(headers["content-encoding"], undefined);
  assert.equal(typeof body, "string");
});

test("other methods than GET and HEAD are refused", async () => {
  const { status, headers } = await createTarget().route({ method: "POST", headers: {} });
  assert.equal(status, 405);
  assert.equal(headers["allow"], "GET, HEAD");
});

test("scrapes that come together share one collection", async () => {
  const { meter, route } = createTarget();
  let observed = 0;
  meter.createObservableGauge("g").addCallback(async (result) => result.observe((observed += 1)));
  const answers = await Promise.all(Array.from({ length: 5 }, () => route(get)));
  assert.equal(observed, 1);
  assert.equal(new Set(answers.map(({ body }) => body)).size, 1);
  await route(get);
  assert.equal(observed, 2);
});

describe("a scrape that fails", () => {
  test("answers 500 and withholds the reason, which is told once until one succeeds", async () => {
    let error: Error | undefined = new Error("secret");
    const reader = createScrapeReader({ clock: createManualClock() });
    const provider = new MeterProvider({ readers: [reader] });
    const told: TelemetryNotice[] = [];
    const route = metricsRoute(
      { scrape: () => (error ? Promise.reject(error) : reader.scrape()) },
      { tell: (notice) => told.push(notice) },
    );
    const first = await route(get);
    assert.equal(first.status, 500);
    assert.doesNotMatch(first.body as string, /secret/);
    await route(get);
    assert.equal(told.length, 1);
    assert.match(told[0]?.message ?? "", /secret/);
    assert.equal(told[0]?.code, "prometheus");
    error = undefined;
    assert.equal((await route(get)).status, 200);
    error = new Error("again");
    await route(get);
    assert.equal(told.length, 2);
    await provider.shutdown();
  });

  test("in one callback only has the metrics of the others", async () => {
    const { meter, route, told } = createTarget();
    meter.createCounter("orders").add(1);
    meter.createObservableGauge("broken").addCallback(() => {
      throw new Error("no gauge");
    });
    for (let scrape = 0; scrape < 3; scrape += 1) {
      const { status, body } = await route(get);
      assert.equal(status, 200);
      assert.ok(parseExposition(body as string, "text").has("orders_total"));
    }
    assert.deepEqual(
      told.map(({ message }) => message),
      ["A scrape of /metrics was not whole: no gauge. Mend the observable callback that failed."],
    );
  });

  test("because it was never bound to a provider answers 500", async () => {
    const route = metricsRoute(createScrapeReader({ clock: createManualClock() }), { tell: () => {} });
    assert.equal((await route(get)).status, 500);
  });
});

test("what cannot be told is said once, by name", async () => {
  const { meter, route, told } = createTarget();
  meter.createCounter("jobs").add(1);
  meter.createGauge("jobs.total").record(1);
  await route(get);
  await route(get);
  assert.equal(told.length, 1);
  assert.match(told[0]?.message ?? "", /"jobs(\.total)?": jobs_total is already the name of a/);
});

test("after the shutdown, a scrape is answered with the last state", async () => {
  const { meter, provider, route } = createTarget();
  const counter = meter.createCounter("orders");
  counter.add(1);
  await route(get);
  counter.add(41);
  const shutdown = provider.shutdown();
  assert.match((await route(get)).body as string, /^orders_total\{.*\} 42$/m);
  await shutdown;
  assert.match((await route(get)).body as string, /^orders_total\{.*\} 42$/m);
});

test("a real asker over a real socket reads it", async (t) => {
  const { meter, route } = createTarget();
  meter.createHistogram("checkout.duration", { unit: "s" }).record(0.2);
  const server = createServer(({ method = "", headers }, response) => {
    void route({ method, headers: headers as { accept?: string } }).then(({ status, headers: own, body }) => {
      response.writeHead(status, own).end(body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { connection: "close" } });
  assert.equal(answer.headers.get("content-encoding"), "gzip");
  assert.ok(parseExposition(await answer.text(), "text").has("checkout_duration_seconds"));
});
