import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, describe, test } from "node:test";
import type { Receiver } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import type { RunningProcess } from "../harness/process.ts";
import { drip, openAnswering, openSocketServer } from "./bad-collectors.ts";
import { type Doors, deliveriesOf, openReceiver, startService, toldBy, whenStarted } from "./service.ts";
import { openTlsFront } from "./tls-front.ts";

/** Exports come one after another. */
const often = {
  OTEL_BSP_SCHEDULE_DELAY: "50",
  OTEL_BLRP_SCHEDULE_DELAY: "50",
  OTEL_METRIC_EXPORT_INTERVAL: "300",
  FLUSH_BUDGET_MS: "1000",
};

/** An export is not waited for long. */
const hurried = { OTEL_EXPORTER_OTLP_TIMEOUT: "300" };

const pipelines = ["Traces", "Metrics", "Logs"] as const;

/** A service that has emitted into all pipelines. */
async function startTalking(
  t: TestContext,
  endpoint: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ service: RunningProcess; doors: Doors }> {
  const service = startService(t, "late.ts", endpoint, { env: { ...often, ...env } });
  const doors = await whenStarted(service);
  await ask(`${doors.app}/first`);
  return { service, doors };
}

/** Waits until a pipeline has told something, and that each pipeline has told it once. */
async function toldOnce(service: RunningProcess, toldAs: RegExp, doors: Doors): Promise<readonly string[]> {
  for (const pipeline of pipelines) await service.until(new RegExp(`"msg":"${pipeline} ${toldAs.source}`));
  // Whatever there is to tell of what follows, has been told.
  for (let count = 0; count < 5; count += 1) await ask(`${doors.app}/again`);
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  const lines = toldBy(service, "pipeline").map(({ msg }) => msg);
  const starts = lines.map(
    (line) => pipelines.find((pipeline) => new RegExp(`^${pipeline} ${toldAs.source}`).test(line)) ?? line,
  );
  assert.deepEqual(starts.toSorted(), ["Logs", "Metrics", "Traces"]);
  return lines;
}

async function openHttp2Server(t: TestContext): Promise<string> {
  const sessions = new Set<{ destroy(): void }>();
  const server = createServer().listen(0, "127.0.0.1");
  server.on("session", (session) => sessions.add(session));
  await once(server, "listening");
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function refusing(_t: TestContext, receiver: Receiver): Promise<string> {
  await receiver.refuse();
  return receiver.url;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

describe("telemetry says", () => {
  test("in one line at start who it is, where it goes and what is recorded", async (t) => {
    const receiver = await openReceiver(t);
    const { host } = new URL(receiver.url);
    const { service } = await startTalking(t, `http://user:secret@${host}/`, { OTEL_TRACES_EXPORTER: "none" });
    const lines = toldBy(service, "start").map(({ msg }) => msg);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(
      lines[0] ?? "",
      new RegExp(
        `^Telemetry of orders\\b.*: traces off; metrics and logs to http://${escaped(host)} \\(http/protobuf\\); ` +
          String.raw`/metrics on the probe port; HTTP recorded, other libraries when they are loaded\.$`,
      ),
    );
    assert.ok(!service.stderr().includes("secret"));
  });

  test("once of each pipeline that it reaches its endpoint", async (t) => {
    const receiver = await openReceiver(t);
    const { service, doors } = await startTalking(t, receiver.url);
    await toldOnce(service, /reach http:\/\/127\.0\.0\.1:\d+\/v1\/\w+\./, doors);
  });

  /** A way in which a pipeline may fail, and what is told of it. */
  interface Failure {
    readonly title: string;
    endpointOf(t: TestContext, receiver: Receiver): Promise<string> | string;
    readonly env?: Readonly<Record<string, string>>;
    readonly cause: RegExp;
    readonly fix: RegExp;
  }

  const failures: readonly Failure[] = [
    {
      title: "that the connection is refused",
      endpointOf: refusing,
      cause: /the connection was refused; it is tried again/,
      fix: /Nothing listens there\. Set OTEL_EXPORTER_OTLP_ENDPOINT/,
    },
    {
      title: "that the connection is refused, over gRPC",
      endpointOf: refusing,
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      cause: /gRPC status 14 \(14 UNAVAILABLE: /,
      fix: /Nothing that speaks gRPC answers there\. .* its port is 4317/,
    },
    {
      title: "that the host is unknown",
      endpointOf: () => "http://no-such-host.invalid:4318",
      cause: /its name is not known \((ENOTFOUND|EAI_AGAIN)\)/,
      fix: /Correct the host name, or look at DNS/,
    },
    {
      title: "that the Collector speaks no TLS",
      endpointOf: (_, receiver) => receiver.url.replace("http:", "https:"),
      cause: /it does not speak TLS/,
      fix: /Begin the endpoint with http:\/\//,
    },
    {
      title: "that the Collector's certificate is not trusted",
      endpointOf: async (t, receiver) => (await openTlsFront(t, receiver)).url,
      cause: /its certificate is not trusted/,
      fix: /OTEL_EXPORTER_OTLP_CERTIFICATE/,
    },
    {
      title: "that the port is that of gRPC",
      endpointOf: openHttp2Server,
      cause: /it does not speak HTTP\/1\.1/,
      fix: /use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc/,
    },
    {
      title: "that the port is not that of gRPC",
      endpointOf: (_, receiver) => receiver.url,
      env: { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      cause: /gRPC status 14 \(14 UNAVAILABLE: /,
      fix: /Nothing that speaks gRPC answers there\. .* its port is 4317/,
    },
    {
      title: "that credentials are missing",
      endpointOf(_, receiver) {
        receiver.answerWith({ status: 401 });
        return receiver.url;
      },
      cause: /it answered 401/,
      fix: /OTEL_EXPORTER_OTLP_HEADERS/,
    },
    {
      title: "that there is no receiver at the path",
      endpointOf: (_, receiver) => `${receiver.url}/otlp`,
      cause: /it answered 404/,
      fix: /the path of OTLP over HTTP is \/v1\/\w+/,
    },
    {
      title: "that no answer comes",
      endpointOf: (t) => openSocketServer(t, (socket) => socket.resume()),
      env: hurried,
      cause: /no answer came in time/,
      fix: /lengthen OTEL_EXPORTER_OTLP_TIMEOUT/,
    },
    {
      title: "that an answer comes byte by byte and has no end",
      endpointOf: (t) => openAnswering(t, drip),
      env: hurried,
      cause: /no answer came in time/,
      fix: /lengthen OTEL_EXPORTER_OTLP_TIMEOUT/,
    },
    {
      title: "that the connection is cut",
      endpointOf: (t) => openSocketServer(t, (socket) => socket.once("data", () => socket.destroy())),
      env: hurried,
      cause: /it cut the connection \(ECONNRESET\)/,
      fix: /Begin the endpoint with https:\/\//,
    },
    {
      title: "that the Collector asks for TLS",
      endpointOf: async (t, receiver) => (await openTlsFront(t, receiver)).url.replace("https:", "http:"),
      env: hurried,
      cause: /it cut the connection \(ECONNRESET\)/,
      fix: /Begin the endpoint with https:\/\//,
    },
    {
      title: "that a page is answered with 200",
      endpointOf: (t) => openAnswering(t, (response) => response.end("<!DOCTYPE html><title>Log in</title>")),
      cause: /it answered with a page for people/,
      fix: /Set OTEL_EXPORTER_OTLP_ENDPOINT/,
    },
    {
      title: "that it is sent elsewhere",
      endpointOf: (t) => openAnswering(t, (response) => response.writeHead(308, { location: "/there" }).end()),
      cause: /it answered 308/,
      fix: /set the endpoint to where it points/,
    },
    {
      title: "that it is to come back in a thousand years",
      endpointOf: (t) =>
        openAnswering(t, (response) => response.writeHead(429, { "retry-after": "31536000000" }).end("later")),
      cause: /it answered 429, 502, 503 or 504/,
      fix: /Collector's own log/,
    },
    {
      title: "that batches are too large",
      endpointOf: (t) => openAnswering(t, (response) => response.writeHead(413).end("at most 4 MiB")),
      cause: /it answered 413 \(at most 4 MiB\)/,
      fix: /OTEL_BSP_MAX_EXPORT_BATCH_SIZE/,
    },
    {
      title: "that the certificate to trust does not read",
      endpointOf: async (t, receiver) => (await openTlsFront(t, receiver)).url,
      env: { OTEL_EXPORTER_OTLP_CERTIFICATE: import.meta.filename },
      cause: /its certificate is not trusted/,
      fix: /OTEL_EXPORTER_OTLP_CERTIFICATE/,
    },
  ];
  for (const { title, endpointOf, env, cause, fix } of failures) {
    test(`once of each pipeline ${title}, and what to do`, async (t) => {
      const receiver = await openReceiver(t);
      const { service, doors } = await startTalking(t, await endpointOf(t, receiver), env);
      const lines = await toldOnce(service, new RegExp(String.raw`do not reach https?://\S+: ${cause.source}`), doors);
      for (const line of lines) assert.match(line, fix);
      for (const { sent } of Object.values(deliveriesOf(service))) assert.equal(sent, 0);
    });
  }

  test("what was taken in part, and counts it as lost", async (t) => {
    const receiver = await openReceiver(t);
    receiver.answerWith({ rejected: 1, message: "too old" });
    const { service } = await startTalking(t, receiver.url);
    await service.until(/v1\/traces took an export in part/);
    await service.until(/v1\/logs took an export in part/);
    await service.until(/v1\/metrics took an export in part/);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    const lines = toldBy(service, "pipeline").map(({ msg }) => msg);
    for (const item of ["span", "data point", "log record"]) {
      const told = lines.filter((line) =>
        line.includes(`took an export in part: 1 ${item} rejected with the words "too old"`),
      );
      assert.equal(told.length, 1, lines.join("\n"));
    }
    const { spans, "log records": records } = deliveriesOf(service);
    assert.equal(spans?.sent, receiver.spans().length);
    assert.equal(spans.lost, receiver.requests().filter(({ path }) => path === "/v1/traces").length);
    assert.equal(records?.sent, receiver.logs().length);
  });

  test("of a variable that is misspelt which one was meant, and why one is refused", async (t) => {
    const receiver = await openReceiver(t);
    const { service } = await startTalking(t, receiver.url, {
      OTEL_EXPORTER_OTLP_ENDPONT: "http://collector:4318",
      OTEL_TRACE_SAMPLER: "always_off",
      OTEL_CONFIG_FILE: "/etc/otel.yaml",
    });
    const lines = toldBy(service, "environment").map(({ level, msg }) => `${level}: ${msg}`);
    assert.deepEqual(lines.toSorted(), [
      "warn: OTEL_CONFIG_FILE is set, and not honoured. " +
        "A configuration file is not read. Set the other OTEL_* variables.",
      "warn: OTEL_EXPORTER_OTLP_ENDPONT is no variable that counts. Did you mean OTEL_EXPORTER_OTLP_ENDPOINT?",
      "warn: OTEL_TRACE_SAMPLER is no variable that counts. Did you mean OTEL_TRACES_SAMPLER?",
    ]);
  });

  test("which pair of the resource is malformed, and it costs itself only", async (t) => {
    const receiver = await openReceiver(t);
    const { service } = await startTalking(t, receiver.url, {
      OTEL_RESOURCE_ATTRIBUTES: "team=harbour,broken,k8s.pod.name=orders-7",
    });
    const span = await receiver.until(({ spans }) => spans()[0]);
    assert.deepEqual([span.resource["team"], span.resource["k8s.pod.name"]], ["harbour", "orders-7"]);
    const [line] = toldBy(service, "environment").map(({ msg }) => msg);
    assert.match(line ?? "", /^OTEL_RESOURCE_ATTRIBUTES is a list whose pair 2 .*does not count/);
  });

  test("in one line that a queue is full, and everywhere the same number of what that cost", async (t) => {
    const receiver = await openReceiver(t);
    const service = startService(t, "floods.ts", receiver.url, { env: { SEAWORTHY_SHOW_REASONS: "true" } });
    const doors = await whenStarted(service);
    await service.until(/Check \\"telemetry\\" fails/);
    const { body } = await ask(`${doors.probes}/readyz?verbose`);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    for (const [item, arrived, metric] of [
      ["span", receiver.spans().length, "otel.sdk.processor.span.processed"],
      ["log record", receiver.logs().length, "otel.sdk.processor.log.processed"],
    ] as const) {
      const lost = 5_000 - arrived;
      assert.ok(lost > 0);
      assert.match(body, new RegExp(`${lost} ${item}s dropped, ${lost} in all`));
      const points = receiver.metrics().findLast(({ name }) => name === metric)?.points ?? [];
      const full = points.find(({ attributes }) => attributes["error.type"] === "queue_full");
      assert.equal(full?.value, lost);
      assert.deepEqual(deliveriesOf(service)[`${item}s`], { sent: arrived, lost });
    }
    const lines = toldBy(service, "drop").map(({ msg }) => msg);
    assert.deepEqual(
      lines.map((line) => line.split(":")[0]),
      ["Spans are dropped", "Log records are dropped"],
    );
  });

  test("which records could not be encoded, and they cost themselves only", async (t) => {
    const receiver = await openReceiver(t);
    const service = startService(t, "circles.ts", receiver.url);
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    assert.deepEqual(
      receiver.logs().map(({ body }) => body),
      Array.from({ length: 20 }, (_, number) => `record ${number}`),
    );
    assert.deepEqual(deliveriesOf(service)["log records"], { sent: 20, lost: 1 });
    const told = toldBy(service, "pipeline").filter(({ msg }) => msg.startsWith("1 log record could not be encoded"));
    assert.equal(told.length, 1, service.stderr());
    assert.ok(!service.stderr().includes("Logs do not reach"));
  });

  test("no password of an endpoint and no header, however exports fail", async (t) => {
    for (const [endpoint, protocol] of [
      ["http://user:hunter2@127.0.0.1:1", "http/protobuf"],
      ["http://user:hunter2@127.0.0.1:1", "grpc"],
      ["user:hunter2@127.0.0.1:1", "grpc"],
    ] as const) {
      const { service } = await startTalking(t, endpoint, {
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_INSECURE: "true",
        OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20hunter2,x-bin=hunter2",
        OTEL_LOG_LEVEL: "all",
      });
      await service.until(/Traces do not reach/);
      service.kill("SIGTERM");
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
      assert.ok(!service.stderr().includes("hunter2"), service.stderr());
      assert.match(toldBy(service, "start")[0]?.msg ?? "", /127\.0\.0\.1:1 \(/);
    }
  });

  test("its trouble on the verbose probes, and fails none of them", async (t) => {
    const receiver = await openReceiver(t);
    receiver.answerWith({ status: 401 });
    const { service, doors } = await startTalking(t, receiver.url, { SEAWORTHY_SHOW_REASONS: "true" });
    await service.until(/Check \\"telemetry\\" fails/);
    for (const path of ["/readyz", "/livez", "/startupz"]) {
      assert.equal((await ask(`${doors.probes}${path}`)).status, 200, path);
    }
    const { status, body } = await ask(`${doors.probes}/readyz?verbose`);
    assert.equal(status, 200);
    assert.match(body, /telemetry .*traces are not delivered, \d+ spans lost so far/);
  });
});

describe("telemetry that is off loads no file of its own or of OpenTelemetry, and /metrics is not there", () => {
  const loader = new URL("fixtures/list-loaded.mjs", import.meta.url).href;

  /** Runs an application to its end: what it loaded, and what /metrics answered. */
  async function run(
    t: TestContext,
    fixture: string,
    { flags = [], ...options }: { flags?: readonly string[]; args?: readonly string[]; env?: Record<string, string> },
  ): Promise<{ loaded: readonly string[]; metrics: number; told: number }> {
    const receiver = await openReceiver(t);
    const service = startService(t, fixture, receiver.url, { ...options, flags: ["--import", loader, ...flags] });
    const doors = await whenStarted(service);
    const { status: metrics } = await ask(`${doors.probes}/metrics`);
    await ask(`${doors.app}/`);
    service.kill("SIGTERM");
    assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    const [, list = ""] = /loaded (\[.*\])/.exec(service.stdout()) ?? assert.fail(service.stdout());
    const told = toldBy(service).length;
    if (told === 0) assert.deepEqual(receiver.requests(), []);
    return { loaded: JSON.parse(list) as string[], metrics, told };
  }

  const off = { loaded: [], metrics: 404, told: 0 };
  const register = ["--import", "seaworthy/register"];

  test("by OTEL_SDK_DISABLED", async (t) => {
    assert.deepEqual(await run(t, "bare.mjs", { env: { OTEL_SDK_DISABLED: "true" } }), off);
  });

  test("by OTEL_SDK_DISABLED, without a line of ours", async (t) => {
    const env = { OTEL_SDK_DISABLED: "true" };
    assert.deepEqual(await run(t, "no-line-of-ours.mjs", { env, flags: register }), off);
  });

  test("by telemetry: false", async (t) => {
    assert.deepEqual(await run(t, "bare.mjs", { args: ["off"] }), off);
  });

  test("by SEAWORTHY_TELEMETRY=false, without a line of ours", async (t) => {
    const env = { SEAWORTHY_TELEMETRY: "false" };
    assert.deepEqual(await run(t, "no-line-of-ours.mjs", { env, flags: register }), off);
  });

  test("and where it is on, both are there", async (t) => {
    const { loaded, metrics, told } = await run(t, "bare.mjs", {});
    assert.ok(loaded.length > 50, `${loaded.length} files`);
    assert.equal(metrics, 200);
    assert.ok(told > 0);
  });
});
