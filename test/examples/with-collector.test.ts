import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { prometheus } from "../../collector/prometheus/programs.ts";
import { prometheusVersion } from "../../collector/prometheus/version.ts";
import { withCollector } from "../collector/suite.ts";
import { ask } from "../harness/ask.ts";
import { root } from "../run/workspaces.ts";
import { npmStart, readExample, runCommand, startExample, telemetryOn } from "./example.ts";

const folder = join(root, "examples/with-collector");

interface Compose {
  readonly services: Readonly<Record<string, { readonly image: string; readonly volumes: readonly string[] }>>;
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

  test("has the versions that the configurations are held against", () => {
    const manifest = readFileSync(join(root, "collector/distribution/manifest.yaml"), "utf8");
    const [, collector] = /^ {2}version: (\S+)$/m.exec(manifest) ?? [];
    assert.equal(services["collector"]?.image, `otel/opentelemetry-collector-contrib:${collector}`);
    assert.equal(services["prometheus"]?.image, `prom/prometheus:v${prometheusVersion}`);
  });
});

test("without a Collector it says what to run, and starts nothing", async (t) => {
  const running = startExample(t, readExample("with-collector"), { OTELCOL_BIN: join(folder, "nobody") });
  assert.equal((await running.ended).code, 1);
  assert.match(running.stderr(), /^OTELCOL_BIN names no program: .*nobody$/m);
  assert.equal(running.stdout(), "");
});

withCollector("npm start, with a Collector and Prometheus,", () => {
  const isMissing = "missing" in prometheus() && !process.env["REQUIRE_COLLECTOR"];
  test("brings an order's metric to Prometheus, and ends with 0", { skip: isMissing && "no Prometheus" }, async (t) => {
    const first = await freeRow(5);
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

    terminal.pressCtrlC();
    assert.deepEqual(await terminal.ended, { code: 0, signal: null }, terminal.output());
    assert.match(terminal.output(), /telemetry: [1-9]\d* spans sent/);
    await assert.rejects(ask(`${prometheusUrl}/-/ready`), /ECONNREFUSED/);
  });
});

/** The first of so many ports in a row that were free a moment ago. */
async function freeRow(length: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const row = Array.from({ length }, (_, place) => first + place);
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return first;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer().once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
