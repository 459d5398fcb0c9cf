import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { prometheus } from "../../collector/prometheus/programs.ts";
import { prometheusVersion } from "../../collector/prometheus/version.ts";
import { portsFrom } from "../../examples/with-collector/ports.ts";
import { prometheusConfiguration } from "../../examples/with-collector/prometheus-configuration.ts";
import { newTraceId } from "../collector/otlp.ts";
import { withCollector } from "../collector/suite.ts";
import { ask } from "../harness/ask.ts";
import { root } from "../run/workspaces.ts";
import { npmStart, readExample, runCommand, startExample, telemetryOn } from "./example.ts";
import { sendExemplar } from "./exemplar.ts";
import { freeRow } from "./free-row.ts";
import { answerOn, openStandIns } from "./stand-ins.ts";

const folder = join(root, "examples/with-collector");

interface Target {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Container>>;
}

interface Container {
  readonly image: string;
  readonly volumes: readonly string[];
  readonly command?: readonly string[];
}

describe("compose.yaml", () => {
  const { services } = parse(readFileSync(join(folder, "compose.yaml"), "utf8")) as Compose;

  for (const [name, { volumes }] of Object.entries(services)) {
    test(`gives ${name} files that are there, to read only`, () => {
      for (const volume of volumes) {
        const [from = "", , mode] = volume.split(":");
        assert.ok(existsSync(resolve(folder, from)), volume);
        assert.equal(mode, "ro", volume);
      }
    });
  }

  test("turns on in Prometheus what npm start does", () => {
    const start = readFileSync(join(folder, "start.ts"), "utf8");
    const here = services["prometheus"]?.command?.filter((flag) => flag.includes("enable-"));
    assert.deepEqual(here, start.match(/--[\w.]*enable-[^"]*/g));
  });

  test("has the versions that the configurations are held against", () => {
    const manifest = readFileSync(join(root, "collector/distribution/manifest.yaml"), "utf8");
    const [, collector] = /^ {2}version: (\S+)$/m.exec(manifest) ?? [];
    assert.equal(services["collector"]?.image, `otel/opentelemetry-collector-contrib:${collector}`);
    assert.equal(services["prometheus"]?.image, `prom/prometheus:v${prometheusVersion}`);
  });
});

test("Prometheus has prometheus.local.yml as it is, but for its targets' ports, and for where its files are", () => {
  const from = join(root, "collector/prometheus");
  const written: unknown = parse(prometheusConfiguration(portsFrom({ FIRST_PORT: "8884" })));
  const expected = readFileSync(join(from, "prometheus.local.yml"), "utf8")
    .replace("[localhost:8888]", "[127.0.0.1:8887]")
    .replace("[localhost:9090]", "[127.0.0.1:8888]")
    .replace("rules/*.yml", `"${from}/rules/*.yml"`)
    .replace("services/*.yml", `"${from}/services/*.yml"`);
  assert.deepEqual(written, parse(expected));
});

test("without a Collector it says what to run, and starts nothing", async (t) => {
  const running = startExample(t, readExample("with-collector"), { OTELCOL_BIN: join(folder, "nobody") });
  assert.equal((await running.ended).code, 1);
  assert.match(running.stderr(), /^OTELCOL_BIN names no program: .*nobody$/m);
  assert.equal(running.stdout(), "");
});

describe("a start that is interrupted ends what it has started, and then by that OS signal", () => {
  test("SIGINT while Prometheus starts", async (t) => {
    const standIns = await openStandIns(t);
    const running = startExample(t, readExample("with-collector"), standIns.env);
    await standIns.started("prometheus");
    running.kill("SIGINT");
    assert.deepEqual(await running.ended, { code: null, signal: "SIGINT" });
    assert.equal(running.stderr(), "");
    standIns.assertNothingIsLeft();
  });

  test("SIGTERM while the Collector starts", async (t) => {
    const standIns = await openStandIns(t);
    const running = startExample(t, readExample("with-collector"), standIns.env);
    await standIns.started("prometheus");
    answerOn(t, standIns.firstPort + 4);
    await standIns.started("collector");
    running.kill("SIGTERM");
    assert.deepEqual(await running.ended, { code: null, signal: "SIGTERM" });
    assert.equal(running.stderr(), "");
    standIns.assertNothingIsLeft();
  });
});

test("where ports are taken it names them and what moves them, and starts nothing", async (t) => {
  const standIns = await openStandIns(t);
  const [first, orders] = [standIns.firstPort, await freeRow(1)];
  const ports = [first, first + 1, first + 2, first + 3, first + 4, orders];
  for (const port of ports) answerOn(t, port);
  const running = startExample(t, readExample("with-collector"), { ...standIns.env, PORT: String(orders) });
  assert.deepEqual(await running.ended, { code: 1, signal: null });
  const row = "Name the first of five others in a row in FIRST_PORT.";
  assert.deepEqual(running.stderr().trimEnd().split("\n"), [
    `Port ${first}, for the Collector's OTLP over HTTP, is taken. ${row}`,
    `Port ${first + 1}, for the Collector's OTLP over gRPC, is taken. ${row}`,
    `Port ${first + 2}, for the Collector's health, is taken. ${row}`,
    `Port ${first + 3}, for the Collector's own metrics, is taken. ${row}`,
    `Port ${first + 4}, for Prometheus, is taken. ${row}`,
    `Port ${orders}, for the orders service, is taken. Name another in PORT.`,
  ]);
  assert.deepEqual(standIns.begun(), []);
  standIns.assertNothingIsLeft();
});

test("where a program cannot be run it says so, and ends what it has started", async (t) => {
  const standIns = await openStandIns(t);
  const running = startExample(t, readExample("with-collector"), { ...standIns.env, OTELCOL_BIN: folder });
  await standIns.started("prometheus");
  answerOn(t, standIns.firstPort + 4);
  assert.deepEqual(await running.ended, { code: 1, signal: null });
  assert.match(running.stderr(), /^collector ended: spawn .* EACCES$/m);
  standIns.assertNothingIsLeft();
});

withCollector("npm start, with a Collector and Prometheus,", () => {
  const skip = "missing" in prometheus() && !process.env["REQUIRE_COLLECTOR"] && "no Prometheus";
  test("brings an order's metric to Prometheus, whose targets are up, and ends with 0", { skip }, async (t) => {
    const first = await freeRow(5);
    // Before it is killed, which its parts would outlive.
    t.after(async () => {
      terminal.pressCtrlC();
      await terminal.ended;
    });
    const terminal = npmStart(t, folder, { ...telemetryOn, FIRST_PORT: String(first) });
    const [, port] = await terminal.until(/orders service listens on http:\/\/localhost:(\d+)/);
    const [, prometheusUrl = ""] = await terminal.until(/^Prometheus answers on (\S+)\./m);

    const [, order = "", metric = "", rules = ""] = readExample("with-collector").commands;
    const { stdout } = await runCommand(order.replace(":8080", `:${port}`));
    assert.equal(stdout, '{"id":1,"item":"rope"}');
    await terminal.until(/^collector │ Traces\b/m);
    const counted = metric.replace("localhost:9090", prometheusUrl.replace("http://", ""));
    const ofOrders = /"http_route":"\/orders"[^}]*"service_name":"orders"[^}]*\},"value":\[[^\]]*,"1"\]/;
    while (!ofOrders.test((await runCommand(counted)).stdout)) await sleep(250);
    assert.match((await runCommand(rules.replace("localhost:9090", new URL(prometheusUrl).host))).stdout, /"alerts":/);

    const traceId = newTraceId();
    assert.equal((await sendExemplar(`http://127.0.0.1:${first}`, traceId)).status, 200);
    while (!/"value":/.test((await ask(`${prometheusUrl}/api/v1/query?query=rated_count`)).body)) await sleep(250);
    const { body: exemplars } = await ask(`${prometheusUrl}/api/v1/query_exemplars?query=rated_bucket&start=0&end=4e9`);
    assert.match(exemplars, new RegExp(`"trace_id":"${traceId}"`));

    const targets = async (): Promise<readonly Target[]> => {
      const { body } = await ask(`${prometheusUrl}/api/v1/targets`);
      return (JSON.parse(body) as { data: { activeTargets: Target[] } }).data.activeTargets;
    };
    while ((await targets()).length === 0) await sleep(250);
    assert.deepEqual(
      (await targets()).map(({ scrapePool, scrapeUrl }) => [scrapePool, scrapeUrl]),
      [
        ["otelcol", `http://127.0.0.1:${first + 3}/metrics`],
        ["prometheus", `${prometheusUrl}/metrics`],
      ],
    );
    while (!(await targets()).every(({ health }) => health === "up")) await sleep(250);

    terminal.pressCtrlC();
    assert.deepEqual(await terminal.ended, { code: 0, signal: null }, terminal.output());
    assert.match(terminal.output(), /telemetry: [1-9]\d* spans sent/);
    await assert.rejects(ask(`${prometheusUrl}/-/ready`), /ECONNREFUSED/);
  });
});
