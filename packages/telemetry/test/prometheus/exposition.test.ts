import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ValueType } from "@opentelemetry/api";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { JsonMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { type Exposition, type ExpositionOptions, createExposition } from "../../src/prometheus/exposition.ts";
import { TestReader } from "../metrics/meters.ts";
import { parseExposition } from "./parse-exposition.ts";

type Refusal = readonly [name: string, why: string];

/** A provider, and the ways to have written out what it knows. */
function createTarget(
  resource: Record<string, string | number | string[]> = {},
  options: Partial<ExpositionOptions> = {},
) {
  const reader = new TestReader();
  const provider = new MeterProvider({
    readers: [reader],
    resource: resourceFromAttributes(resource),
    views: [{ instrumentName: "exp.*", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const refusals: Refusal[] = [];
  const render: Exposition = createExposition({
    scopeLabels: false,
    targetInfo: true,
    onRefused: (name, why) => refusals.push([name, why]),
    ...options,
  });
  const collect = async (): Promise<ResourceMetrics> => (await reader.collect()).resourceMetrics;
  return {
    meter: provider.getMeter("shop", "1.2.3"),
    provider,
    refusals,
    collect,
    text: async (): Promise<string> => render(await collect(), "text"),
    openMetrics: async (): Promise<string> => render(await collect(), "openmetrics"),
  };
}

test("the text format has names with their units and types, and help for each", async () => {
  const { meter, text } = createTarget({ "service.name": "orders", "k8s.pod.name": "orders-0" });
  meter
    .createCounter("orders.placed", { unit: "{order}", description: "Orders placed." })
    .add(3, { "shop.tier": "gold" });
  meter.createHistogram("checkout.duration", { unit: "s", advice: { explicitBucketBoundaries: [0.1, 1] } }).record(0.5);
  meter.createUpDownCounter("cart.size", { unit: "By" }).add(-2);
  assert.equal(
    await text(),
    `# HELP target_info Target metadata
# TYPE target_info gauge
target_info{k8s_pod_name="orders-0",service_name="orders"} 1
# HELP orders_placed_total Orders placed.
# TYPE orders_placed_total counter
orders_placed_total{shop_tier="gold"} 3
# TYPE checkout_duration_seconds histogram
checkout_duration_seconds_bucket{le="0.1"} 0
checkout_duration_seconds_bucket{le="1"} 1
checkout_duration_seconds_bucket{le="+Inf"} 1
checkout_duration_seconds_sum 0.5
checkout_duration_seconds_count 1
# TYPE cart_size_bytes gauge
cart_size_bytes -2
`,
  );
});

test("OpenMetrics has units, counters by their short name, bounds as floats, and an end", async () => {
  const { meter, openMetrics } = createTarget({ "service.name": "orders" });
  meter.createCounter("cpu.time", { unit: "s", description: 'CPU "time".' }).add(1.5);
  meter.createHistogram("checkout.duration", { unit: "s", advice: { explicitBucketBoundaries: [0.1, 1] } }).record(0.5);
  assert.equal(
    await openMetrics(),
    `# HELP target Target metadata
# TYPE target info
target_info{service_name="orders"} 1
# HELP cpu_time_seconds CPU \\"time\\".
# TYPE cpu_time_seconds counter
# UNIT cpu_time_seconds seconds
cpu_time_seconds_total 1.5
# TYPE checkout_duration_seconds histogram
# UNIT checkout_duration_seconds seconds
checkout_duration_seconds_bucket{le="0.1"} 0
checkout_duration_seconds_bucket{le="1.0"} 1
checkout_duration_seconds_bucket{le="+Inf"} 1
checkout_duration_seconds_sum 0.5
checkout_duration_seconds_count 1
# EOF
`,
  );
});

test("with nothing to tell, both formats are empty and valid", async () => {
  const { text, openMetrics } = createTarget();
  assert.equal(await text(), "");
  assert.equal(await openMetrics(), "# EOF\n");
});

test("a counter whose short name is another's is told as what it is called", async () => {
  const { meter, openMetrics } = createTarget();
  meter.createGauge("jobs").record(1);
  meter.createCounter("jobs.total").add(2);
  const families = parseExposition(await openMetrics(), "openmetrics");
  assert.deepEqual(
    [...families].map(([name, { type }]) => [name, type]),
    [
      ["jobs", "gauge"],
      ["jobs_total", "unknown"],
    ],
  );
});

test("a counter whose name is nothing but the suffix is told as what it is called", async () => {
  const { meter, openMetrics } = createTarget();
  meter.createCounter("total").add(1);
  assert.equal(await openMetrics(), "# TYPE total unknown\ntotal 1\n# EOF\n");
});

describe("labels", () => {
  test("that come to have one name are joined in the order of their keys", async () => {
    const { meter, text } = createTarget();
    meter.createCounter("c").add(1, { a_b: "third", "a.b": "second", "a-b": "first" });
    assert.match(await text(), /^c_total\{a_b="first;second;third"\} 1$/m);
  });

  test("are escaped, whatever is in them", async () => {
    const { meter, text, openMetrics } = createTarget();
    const value = 'a "quote", a \\ and\na line, an é and half a pair \ud800';
    meter.createCounter("c", { description: 'a "quote", a \\ and\na line' }).add(1, { value });
    for (const form of ["text", "openmetrics"] as const) {
      const written = form === "text" ? await text() : await openMetrics();
      const family = parseExposition(written, form).get(form === "text" ? "c_total" : "c");
      assert.equal(family?.help, 'a "quote", a \\ and\na line');
      assert.deepEqual([...(family?.samples.keys() ?? [])], [`c_total{value=${value.toWellFormed()}}`]);
    }
  });

  test("that are no text are written as they are", async () => {
    const { meter, text } = createTarget();
    meter.createCounter("c").add(1, { list: ["a", "b"], no: false, number: 1.5 });
    assert.match(await text(), /^c_total\{list="\[\\"a\\",\\"b\\"\]",no="false",number="1.5"\} 1$/m);
  });

  test("tell the scope, over an attribute of that name", async () => {
    const { meter, text } = createTarget({}, { scopeLabels: true });
    meter.createCounter("c").add(1, { "otel.scope.name": "somebody else" });
    assert.match(await text(), /^c_total\{otel_scope_name="shop",otel_scope_version="1.2.3"\} 1$/m);
  });

  test("leave le to the buckets of a histogram, whose series stay apart", async () => {
    const { meter, text, refusals } = createTarget();
    const wait = meter.createHistogram("h", { advice: { explicitBucketBoundaries: [1] } });
    wait.record(2, { le: "mine", x: "y" });
    wait.record(3, { le: "yours", x: "y" });
    meter.createGauge("g").record(1, { le: "mine" });
    const samples = (await text()).split("\n").filter((line) => !line.startsWith("#"));
    assert.deepEqual(samples, [
      'h_bucket{exported_le="mine",x="y",le="1"} 0',
      'h_bucket{exported_le="mine",x="y",le="+Inf"} 1',
      'h_sum{exported_le="mine",x="y"} 2',
      'h_count{exported_le="mine",x="y"} 1',
      'h_bucket{exported_le="yours",x="y",le="1"} 0',
      'h_bucket{exported_le="yours",x="y",le="+Inf"} 1',
      'h_sum{exported_le="yours",x="y"} 3',
      'h_count{exported_le="yours",x="y"} 1',
      'g{le="mine"} 1',
      "",
    ]);
    assert.deepEqual(refusals, []);
  });
});

describe("target_info", () => {
  test("leaves job and instance to Prometheus, which gives them to what it scrapes", async () => {
    const { text } = createTarget({ job: "a", instance: "b", "service.name": "orders" });
    assert.match(await text(), /^target_info\{service_name="orders"\} 1$/m);
  });

  test("is left out for those who do not want it, and where there is nothing to tell", async () => {
    assert.equal(await createTarget({ "service.name": "orders" }, { targetInfo: false }).text(), "");
    assert.equal(await createTarget({}).text(), "");
  });

  test("waits for what is not known yet, and the metrics do not", async () => {
    const { meter, collect } = createTarget();
    meter.createCounter("c").add(1);
    const known = Promise.withResolvers<string>();
    const resource = resourceFromAttributes({ "service.name": "orders", "host.id": known.promise });
    const metrics: ResourceMetrics = { ...(await collect()), resource };
    const render = createExposition({ scopeLabels: false, targetInfo: true, onRefused: assert.fail });
    assert.equal(render(metrics, "text"), "# TYPE c_total counter\nc_total 1\n");
    known.resolve("7");
    await resource.waitForAsyncAttributes?.();
    assert.match(render(metrics, "text"), /^target_info\{host_id="7",service_name="orders"\} 1$/m);
  });
});

test("values that are no finite number, large and small ones are written as Prometheus reads them", async () => {
  const { meter, text } = createTarget();
  const gauge = meter.createGauge("g");
  const values = [Infinity, -Infinity, NaN, 2 ** 53, 1e21, 1e-7, -0.5, 123_456_789_012_345];
  for (const [at, value] of values.entries()) gauge.record(value, { at });
  const { samples } = parseExposition(await text(), "text").get("g") ?? assert.fail();
  assert.deepEqual([...samples.values()], values);
});

test("a bound that is given twice is told once, with all that is below it", async () => {
  const { meter, text, openMetrics } = createTarget();
  const wait = meter.createHistogram("wait", { advice: { explicitBucketBoundaries: [5, 1, 1, 5] } });
  for (const seconds of [0.5, 3, 7]) wait.record(seconds);
  const buckets = { "wait_bucket{le=1}": 1, "wait_bucket{le=5}": 2, "wait_bucket{le=+Inf}": 3 };
  const { samples } = parseExposition(await text(), "text").get("wait") ?? { samples: new Map<string, number>() };
  assert.deepEqual(Object.fromEntries(samples), { ...buckets, "wait_sum{}": 10.5, "wait_count{}": 3 });
  parseExposition(await openMetrics(), "openmetrics");
});

describe("what cannot be told is refused by name, once", () => {
  test("where two types come to have one name, the one that was there first stays", async () => {
    const { meter, provider, text, refusals } = createTarget();
    meter.createCounter("jobs").add(1);
    await text();
    provider.getMeter("another").createGauge("jobs.total").record(7);
    await text();
    assert.equal(await text(), "# TYPE jobs_total counter\njobs_total 1\n");
    assert.deepEqual(refusals, [
      ["jobs.total", "jobs_total is already the name of a counter. Give one of them another name"],
    ]);
  });

  test("where two have the same name and labels, the first is told", async () => {
    const { meter, text, refusals } = createTarget();
    meter.createGauge("a.b").record(1);
    meter.createGauge("a_b").record(2);
    const families = parseExposition(await text(), "text");
    assert.deepEqual([...(families.get("a_b")?.samples.values() ?? [])], [1]);
    assert.equal(refusals.length, 1);
  });

  test("where a name is that of a sample of a histogram, whichever was there first", async () => {
    const { meter, text, openMetrics, refusals } = createTarget();
    meter.createHistogram("wait", { advice: { explicitBucketBoundaries: [1] } }).record(2);
    meter.createGauge("wait.count").record(7);
    meter.createGauge("wait_bucket").record(7);
    meter.createCounter("load.sum").add(7);
    meter.createGauge("size.sum").record(7);
    meter.createHistogram("size").record(1);
    meter.createHistogram("load").record(1);
    for (const [form, written] of [
      ["text", await text()],
      ["openmetrics", await openMetrics()],
    ] as const) {
      const types = [...parseExposition(written, form)].map(([name, { type }]) => `${name} ${type}`);
      const load = form === "text" ? "load_sum_total counter" : "load_sum counter";
      assert.deepEqual(types.toSorted(), ["load histogram", load, "size_sum gauge", "wait histogram"].toSorted(), form);
    }
    const why = "Give one of them another name";
    assert.deepEqual(refusals, [
      ["wait.count", `wait_count is already a sample of the histogram wait. ${why}`],
      ["wait_bucket", `wait_bucket is already a sample of the histogram wait. ${why}`],
      ["size", `its sample size_sum is already the name of a gauge. ${why}`],
    ]);
  });

  test("where nothing is left of a name, or it is ours", async () => {
    const { meter, text, refusals } = createTarget();
    meter.createGauge("target.info").record(1);
    meter.createGauge("target").record(1);
    meter.createGauge("-.-").record(1);
    assert.equal(await text(), "");
    assert.deepEqual(refusals.map(([name]) => name).toSorted(), ["-.-", "target", "target.info"]);
  });

  test("where a metric is collected as deltas", async () => {
    const reader = new TestReader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });
    const meter = new MeterProvider({ readers: [reader], resource: resourceFromAttributes({}) }).getMeter("test");
    meter.createCounter("c").add(1);
    meter.createGauge("g").record(1);
    const refusals: string[] = [];
    const render = createExposition({ scopeLabels: false, targetInfo: true, onRefused: (name) => refusals.push(name) });
    assert.equal(render((await reader.collect()).resourceMetrics, "text"), "# TYPE g gauge\ng 1\n");
    assert.deepEqual(refusals, ["c"]);
  });
});

/** A name and unit for which the translation has a rule of its own, and what Prometheus calls it. */
const tricky = {
  "http.server.request.duration": "http_server_request_duration_seconds",
  "http.server.active_requests": "http_server_active_requests",
  "process.cpu.time": "process_cpu_time_seconds_total",
  "process.cpu.utilization": "process_cpu_utilization_ratio",
  "process.memory.usage": "process_memory_usage_bytes",
  "network.throughput": "network_throughput_bytes_per_second",
  "total.sales": "sales_total",
  "5xx": "_5xx_total",
  "queue.size": "queue_size",
  "cache.hits": "cache_hits",
} as const;

/** Records something of everything that is tricky. */
function recordTricky({ meter }: Pick<ReturnType<typeof createTarget>, "meter">): void {
  const duration = meter.createHistogram("http.server.request.duration", { unit: "s" });
  for (let at = 1; at < 200; at += 1)
    duration.record(at / 50, { "http.route": `/${at % 3}`, "http.request.method": "GET" });
  meter.createUpDownCounter("http.server.active_requests", { unit: "{request}" }).add(4);
  meter.createObservableCounter("process.cpu.time", { unit: "s" }).addCallback((result) => {
    result.observe(12.25, { "cpu.mode": "user" });
    result.observe(3, { "cpu.mode": "system" });
  });
  meter.createObservableGauge("process.cpu.utilization", { unit: "1" }).addCallback((result) => result.observe(0.5));
  meter
    .createObservableUpDownCounter("process.memory.usage", { unit: "By" })
    .addCallback((result) => result.observe(1e8));
  meter.createGauge("network.throughput", { unit: "By/s" }).record(7.5);
  meter.createCounter("total.sales", { valueType: ValueType.INT }).add(3, { "0day": "x", _shop: "y", "a b": "z" });
  meter.createCounter("5xx", { unit: "{response}" }).add(2);
  meter.createGauge("queue.size", { valueType: ValueType.INT }).record(11);
  meter.createUpDownCounter("cache.hits", { unit: "1" }).add(-1);
}

const trickyLabels: Readonly<Record<string, string>> = {
  "http.route": "http_route",
  "http.request.method": "http_request_method",
  "cpu.mode": "cpu_mode",
  "0day": "key_0day",
  _shop: "key_shop",
  "a b": "a_b",
};

interface OtlpPoint {
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
  readonly asInt?: number | string;
  readonly asDouble?: number;
  readonly sum?: number;
  readonly count?: number | string;
  readonly bucketCounts?: readonly (number | string)[];
  readonly explicitBounds?: readonly number[];
}

/** Series by name and labels, out of an OTLP request, as Prometheus stores them. */
function throughOtlp(metrics: ResourceMetrics): ReadonlyMap<string, number> {
  const request = JSON.parse(new TextDecoder().decode(JsonMetricsSerializer.serializeRequest(metrics))) as {
    resourceMetrics: {
      scopeMetrics: { metrics: (Record<string, { dataPoints: OtlpPoint[] }> & { name: keyof typeof tricky })[] }[];
    }[];
  };
  const series = new Map<string, number>();
  const all = request.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  for (const metric of all) {
    const name = tricky[metric.name];
    const { dataPoints } = metric["sum"] ?? metric["gauge"] ?? metric["histogram"] ?? assert.fail();
    for (const { attributes, asInt, asDouble, sum, count, bucketCounts, explicitBounds } of dataPoints) {
      const labels = attributes.map(({ key, value }) => `${trickyLabels[key]}=${value.stringValue}`);
      const key = (suffix: string, ...more: string[]): string =>
        `${name}${suffix}{${[...labels, ...more].toSorted().join(",")}}`;
      if (!bucketCounts || !explicitBounds) {
        series.set(key(""), Number(asInt ?? asDouble));
        continue;
      }
      series.set(key("_sum"), Number(sum));
      series.set(key("_count"), Number(count));
      let below = 0;
      for (const [at, inBucket] of bucketCounts.entries()) {
        below += Number(inBucket);
        series.set(key("_bucket", `le=${explicitBounds[at] ?? "+Inf"}`), below);
      }
    }
  }
  return series;
}

const seriesIn = (text: string): ReadonlyMap<string, number> =>
  new Map([...parseExposition(text, "text").values()].flatMap(({ samples }) => [...samples]));

const sorted = (series: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...series].toSorted(([a], [b]) => (a < b ? -1 : 1));

test("series and values are those that Prometheus stores when the same metrics come over OTLP", async () => {
  const target = createTarget();
  recordTricky(target);
  const expected = throughOtlp(await target.collect());
  assert.ok(expected.size > 50);
  assert.deepEqual(sorted(seriesIn(await target.text())), sorted(expected));
});

test("where the official exporter has the same name, it has the same series and values", async () => {
  const target = createTarget();
  recordTricky(target);
  const ours = seriesIn(await target.text());
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  const theirs = serializer.serialize(await target.collect());
  const families = parseExposition(await target.text(), "text");
  const shared = theirs
    .split("\n")
    .filter((line) => !line.startsWith("#") && families.has(/^\w+/.exec(line)?.[0] ?? ""));
  assert.ok(shared.length >= 4, theirs);
  for (const line of shared) {
    const [name, value] = [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)];
    // It has other names for labels that begin with a digit or an underscore.
    if (name.includes("_0day") || name.includes("0day")) continue;
    assert.equal(ours.get(name.includes("{") ? name : `${name}{}`), Number(value), line);
  }
});

test("histograms that the official exporter writes under a name without the unit have the same buckets", async () => {
  const target = createTarget();
  recordTricky(target);
  const theirs = new PrometheusSerializer(undefined, false, undefined, true, true)
    .serialize(await target.collect())
    .split("\n")
    .filter((line) => line.startsWith("http_server_request_duration_"))
    .map((line) => line.replace("duration_", "duration_seconds_"));
  const ours = (await target.text())
    .split("\n")
    .filter((line) => line.startsWith("http_server_request_duration_seconds_"));
  const labelsSorted = (line: string): string =>
    line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(",").toSorted().join(",")}}`);
  assert.deepEqual(ours.map(labelsSorted).toSorted(), theirs.map(labelsSorted).toSorted());
});

test("an exponential histogram is told whole", async () => {
  const { meter, text, openMetrics } = createTarget();
  const histogram = meter.createHistogram("exp.duration", { unit: "s" });
  for (let at = 1; at <= 1_000; at += 1) histogram.record(at / 1_000, { half: at % 2 });
  for (const form of ["text", "openmetrics"] as const) {
    const written = form === "text" ? await text() : await openMetrics();
    const { type, samples } = parseExposition(written, form).get("exp_duration_seconds") ?? assert.fail();
    assert.equal(type, "histogram");
    assert.equal(samples.get("exp_duration_seconds_count{half=0}"), 500);
    assert.equal(samples.get("exp_duration_seconds_sum{half=0}")?.toFixed(6), "250.500000");
    const bound = form === "text" ? "0.5" : "0.5";
    assert.equal(samples.get(`exp_duration_seconds_bucket{half=0,le=${bound}}`), 250);
  }
});
