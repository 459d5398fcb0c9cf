import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../harness/ask.ts";
import { until } from "../drain/until.ts";
import { textOf } from "../telemetry/text-of.ts";
import type { KubePod } from "./kube-api.ts";
import { newTraceId, sendMetrics, sendRecords, sendSpans } from "./otlp.ts";
import { type Road, node, openRoad, startShop } from "./road.ts";
import { withCollector } from "./suite.ts";

const uid = "8d3f5c3e-0000-4000-8000-000000000001";

/** The pod that the shop runs in, as the API server knows it: it contradicts the SDK wherever it can. */
const pod: KubePod = {
  metadata: {
    name: "shop-5d4f8c7b9-abcde",
    namespace: "market",
    uid,
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels: { "pod-template-hash": "5d4f8c7b9" },
    annotations: {
      "resource.opentelemetry.io/team.name": "sails",
      "resource.opentelemetry.io/service.name": "somebody-else",
    },
    ownerReferences: [
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "shop-5d4f8c7b9", uid: "rs-1", controller: true },
    ],
  },
  spec: { nodeName: node, containers: [{ name: "shop" }] },
  status: { podIP: "10.0.0.7", startTime: "2026-01-01T00:00:00Z" },
};

/** What the SDK says of itself, by its environment. */
const identity = {
  "service.name": "shop",
  "service.namespace": "harbour",
  "service.version": "1.2.3",
  "service.instance.id": "shop-1",
  "k8s.pod.uid": uid,
  "k8s.pod.name": "as-the-sdk-says",
};

const identityEnv = {
  OTEL_RESOURCE_ATTRIBUTES: Object.entries(identity)
    .map(([key, value]) => `${key}=${value}`)
    .join(","),
};

/** Everything that arrived, as it was on the wire. */
const wireOf = ({ backEnd }: Road): string =>
  backEnd
    .requests()
    .map(({ body }) => body.toString("latin1"))
    .join("\n");

/** Three processes are started for each test. */
const unhurried = { timeout: 180_000 };
const patient = { timeoutMs: 60_000 };

withCollector("from a service through an agent and a gateway", (otelcol) => {
  test(
    "traces, metrics and logs arrive with their ids and with the identity that the SDK gave them",
    unhurried,
    async (t) => {
      const road = await openRoad(t, otelcol, { pods: [pod] });
      const { url } = await startShop(t, road, identityEnv);
      const traceId = newTraceId();
      const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
      assert.equal((await fetch(`${url}/orders/7`, { headers })).status, 200);

      const { backEnd } = road;
      const span = await backEnd.until(({ spans }) => spans().find(({ name }) => name === "GET /orders/:id"), patient);
      const record = await backEnd.until(({ logs }) => logs().find(({ body }) => body === "order asked for"), patient);
      const metric = await backEnd.until(
        ({ metrics }) => metrics().find(({ name }) => name === "http.server.request.duration"),
        patient,
      );
      assert.equal(span.traceId, traceId);
      assert.equal(span.parentSpanId, "00f067aa0ba902b7");
      assert.deepEqual([record.traceId, record.spanId], [traceId, span.spanId]);
      assert.ok(metric.points.some(({ attributes }) => attributes["http.route"] === "/orders/:id"));
      for (const { resource } of [span, record, metric]) {
        for (const [key, value] of Object.entries(identity)) assert.equal(resource[key], value, key);
        // What the SDK did not say, the pod did.
        assert.equal(resource["k8s.namespace.name"], "market");
        assert.equal(resource["k8s.node.name"], node);
        assert.equal(resource["k8s.deployment.name"], "shop");
        assert.equal(resource["team.name"], "sails");
      }
    },
  );

  test("a probe's span is dropped where it is a root, and no other span is", unhurried, async (t) => {
    const { agent, backEnd } = await openRoad(t, otelcol);
    const server = (name: string, path: string, rest: object = {}) => ({
      name,
      attributes: { "url.path": path },
      ...rest,
    });
    const answer = await sendSpans(agent.url, [
      ...["/livez", "/readyz", "/startupz", "/prestop", "/metrics", "/readyz/ping"].map((path) =>
        server("probe", path),
      ),
      server("within a trace", "/livez", { parentSpanId: "00f067aa0ba902b7" }),
      server("a client", "/readyz", { kind: 3 }),
      server("a look-alike", "/orders/livez"),
      server("an order", "/orders"),
    ]);
    assert.equal(answer.status, 200);
    await backEnd.until(({ spans }) => spans().length >= 4, patient);
    assert.deepEqual(
      backEnd
        .spans()
        .map(({ name }) => name)
        .toSorted(),
      ["a client", "a look-alike", "an order", "within a trace"],
    );
    assert.equal(await agent.metric("otelcol_processor_filter_spans_filtered(?:_ratio)?"), 6);
  });

  test("a secret is masked wherever it stands, and nothing that only sounds like one", unhurried, async (t) => {
    const road = await openRoad(t, otelcol);
    const { agent, backEnd } = road;
    await sendSpans(
      agent.url,
      [
        {
          name: "careless",
          status: { code: 2, message: "no access to postgres://app:hunter2@db/orders with password=hunter2" },
          attributes: {
            "customer.password": "hunter2",
            "http.request.header.authorization": ["Bearer hunter2hunter2"],
            "url.full": "https://app:hunter2@example.test/?access_token=hunter2&page=2",
            "db.query.text": "ALTER USER app SET password = 'hunter2'",
            "session.jwt": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJodW50ZXIyIn0.hunter2",
            "card.number": "4111111111111111",
            "gen_ai.usage.input_tokens": 4111,
            "trace.ref": "a4111111111111111b",
            "author.name": "Melville",
            "proxy.said": "407 for Basic YXBwOmh1bnRlcjI=",
            "proxy.wants": "basic authentication",
          },
          events: [{ name: "exception", attributes: { "exception.message": "no login with password=hunter2" } }],
        },
      ],
      { "service.name": "forged", "process.command_args": ["node", "--db-password=hunter2"] },
    );
    await sendRecords(agent.url, [
      { body: "signed in with token: hunter2", attributes: { apiKey: "hunter2", order: "7" } },
    ]);
    await sendMetrics(agent.url, [
      {
        attributes: { "queue.url": "amqp://app:hunter2@queue", order: "7" },
        scope: { "forger.secret": "hunter2", "forger.version": "1" },
      },
    ]);
    const span = await backEnd.until(({ spans }) => spans()[0], patient);
    const record = await backEnd.until(({ logs }) => logs()[0], patient);
    const metric = await backEnd.until(({ metrics }) => metrics().find(({ name }) => name === "forged"), patient);
    const wire = wireOf(road);
    assert.doesNotMatch(wire, /hunter2|4111111111111111(?!b)/);
    assert.equal(span.attributes["customer.password"], "****");
    assert.equal(span.attributes["gen_ai.usage.input_tokens"], 4111);
    assert.equal(span.attributes["trace.ref"], "a4111111111111111b");
    assert.equal(span.attributes["author.name"], "Melville");
    assert.equal(span.attributes["proxy.said"], "407 for ****");
    assert.equal(span.attributes["proxy.wants"], "basic authentication");
    assert.match(textOf(span.attributes["url.full"]), /example\.test\/\?\*{4}&page=2$/);
    assert.match(span.status.message, /^no access to postgres\*{4}db\/orders with \*{4}$/);
    assert.equal(record.attributes["apiKey"], "****");
    assert.equal(record.attributes["order"], "7");
    assert.equal(record.body, "signed in with ****");
    assert.equal(span.events[0]?.attributes["exception.message"], "no login with ****");
    assert.equal(metric.points[0]?.attributes["queue.url"], "amqp****queue");
    assert.equal(metric.points[0]?.attributes["order"], "7");
    assert.equal(metric.scope.attributes["forger.secret"], "****");
    assert.equal(metric.scope.attributes["forger.version"], "1");
  });

  test("a record of many megabytes arrives, and those beside it", unhurried, async (t) => {
    const { agent, backEnd } = await openRoad(t, otelcol);
    const large = "y".repeat(3 * 1024 * 1024);
    const small = Array.from({ length: 10 }, (_, number) => `small ${number}`);
    const bodies = [...small.slice(0, 5), large, ...small.slice(5)];
    await sendRecords(agent.url, [{ body: "before" }]);
    const answer = await sendRecords(
      agent.url,
      bodies.map((body) => ({ body })),
    );
    assert.equal(answer.status, 200);
    await sendRecords(agent.url, [{ body: "after" }]);
    const arrived = await backEnd.until(({ logs }) => logs().length >= bodies.length + 2 && logs(), patient);
    assert.deepEqual(new Set(arrived.map(({ body }) => body)), new Set(["before", ...bodies, "after"]));
  });

  test(
    "a password that a service puts into an attribute and into a log does not leave its node",
    unhurried,
    async (t) => {
      const road = await openRoad(t, otelcol);
      const { url } = await startShop(t, road);
      await ask(`${url}/careless`);
      const span = await road.backEnd.until(
        ({ spans }) => spans().find(({ name }) => name === "GET /careless"),
        patient,
      );
      await road.backEnd.until(({ logs }) => logs().find(({ traceId }) => traceId === span.traceId), patient);
      assert.equal(span.attributes["customer.password"], "****");
      assert.doesNotMatch(wireOf(road), /hunter2/);
    },
  );

  test(
    "a trace that failed or took long is kept, an ordinary one is not, and both are counted",
    unhurried,
    async (t) => {
      const road = await openRoad(t, otelcol, { gatewayEnv: { KEPT_PERCENTAGE: "0" } });
      const { url } = await startShop(t, road);
      for (const path of ["/orders/7", "/orders/8", "/fails"]) await ask(`${url}${path}`);
      await sendSpans(road.agent.url, [{ name: "slow", durationMs: 1_500 }]);
      const { backEnd, gateway } = road;
      const failed = await backEnd.until(({ spans }) => spans().find(({ name }) => name === "GET /fails"), patient);
      assert.equal(failed.status.code, "error");
      await backEnd.until(({ spans }) => spans().find(({ name }) => name === "slow"), patient);
      const dropped = (): Promise<number> =>
        gateway.metric("otelcol_processor_tail_sampling_global_count_traces_sampled", /sampled="false"/);
      await until(async () => (await dropped()) >= 2);
      assert.deepEqual(new Set(backEnd.spans().map(({ name }) => name)), new Set(["GET /fails", "slow"]));

      assert.deepEqual(await spanMetricsOf(road, failed.traceId), {
        "GET /orders/:id /orders/:id 200 STATUS_CODE_UNSET": 2,
        "GET /fails /fails 500 STATUS_CODE_ERROR": 1,
      });
    },
  );
});

/** The calls by name, route, code and status, once all three have been counted; checks what every span metric has. */
async function spanMetricsOf({ backEnd }: Road, traceId: string): Promise<Record<string, number>> {
  const calls = (): Record<string, number> => {
    const last = backEnd.metrics().filter(({ name }) => name === "traces.span.metrics.calls");
    const points = last.flatMap(({ points: all }) => all).filter(({ attributes }) => "http.route" in attributes);
    return Object.fromEntries(
      points.map(({ attributes: of, value }) => [
        ["span.name", "http.route", "http.response.status_code", "status.code"].map((key) => textOf(of[key])).join(" "),
        Number(value),
      ]),
    );
  };
  await backEnd.until(() => Object.values(calls()).reduce((sum, count) => sum + count, 0) >= 3, patient);
  const durations = backEnd.metrics().filter(({ name }) => name === "traces.span.metrics.duration");
  const duration = durations.at(-1) ?? assert.fail();
  const exemplars = durations.flatMap(({ points }) => points).flatMap((point) => point.exemplars);
  assert.ok(exemplars.some((exemplar) => exemplar.traceId === traceId));
  assert.equal(duration.unit, "s");
  assert.deepEqual(Object.keys(duration.resource), ["service.name"]);
  for (const { attributes } of duration.points) assert.ok(attributes["collector.instance.id"]);
  return calls();
}
