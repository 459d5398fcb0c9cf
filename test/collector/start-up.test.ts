import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, describe, test } from "node:test";
import { parse } from "yaml";
import { cleanEnvironment } from "../harness/process.ts";
import { certificates, serverTlsOf } from "./certificates.ts";
import { bases, combinationsOf, merged, named, typeOf } from "./configurations.ts";
import { startKubeApi } from "./kube-api.ts";
import { startCollector } from "./run-collector.ts";
import { withCollector } from "./suite.ts";

/** What every configuration and overlay needs in its environment, made for one test. */
async function surroundings(t: TestContext, hasTls = false): Promise<Record<string, string>> {
  const { kubeconfig } = await startKubeApi(t, []);
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-collector-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const token = join(folder, "token");
  writeFileSync(token, "a token");
  certificates(folder);
  // As much of a gateway as a connection needs: no warning is to be about its absence.
  const gateway = hasTls ? createSecureServer(serverTlsOf(folder)) : createServer();
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
  t.after(() => void gateway.close());
  const endpoint = `localhost:${(gateway.address() as AddressInfo).port}`;
  return {
    NODE_NAME: "node-1",
    K8S_AUTH_TYPE: "kubeConfig",
    KUBECONFIG: kubeconfig,
    GATEWAY_ENDPOINT: endpoint,
    GATEWAY_0_ENDPOINT: endpoint,
    GATEWAY_1_ENDPOINT: endpoint,
    TRACES_URL: "http://127.0.0.1:1",
    LOGS_URL: "http://127.0.0.1:1",
    METRICS_URL: "http://127.0.0.1:1",
    QUEUE_DIRECTORY: join(folder, "queue"),
    SENDERS_TOKEN_FILE: token,
    BACKENDS_TOKEN_FILE: token,
    TLS_DIRECTORY: folder,
  };
}

/** What each configuration and each overlay cannot do without. */
const required: Readonly<Record<string, readonly string[]>> = {
  agent: ["NODE_NAME", "GATEWAY_ENDPOINT"],
  gateway: ["TRACES_URL", "LOGS_URL", "METRICS_URL"],
  "agent + agent-bearer-token": ["SENDERS_TOKEN_FILE"],
  "agent + agent-two-gateways": ["GATEWAY_0_ENDPOINT", "GATEWAY_1_ENDPOINT"],
  "gateway + gateway-bearer-token": ["BACKENDS_TOKEN_FILE"],
  "agent + agent-mtls": ["TLS_DIRECTORY"],
  "gateway + gateway-mtls": ["TLS_DIRECTORY"],
};

withCollector("with the real Collector", (otelcol) => {
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawnSync(otelcol, args, { encoding: "utf8", env: cleanEnvironment(env), timeout: 60_000 });
  const validate = (files: readonly string[], env: Readonly<Record<string, string>>) =>
    run(["validate", ...files.flatMap((file) => ["--config", file])], env);

  for (const combination of bases.flatMap(combinationsOf)) {
    describe(named(combination), () => {
      const hasTls = /agent.*mtls/.test(named(combination));

      test("is valid", async (t) => {
        const { status, stderr } = validate(combination, await surroundings(t, hasTls));
        assert.equal(status, 0, stderr);
      });

      test("starts without a warning, and stops at SIGTERM", async (t) => {
        const env = await surroundings(t, hasTls);
        let collector = await startCollector(t, otelcol, combination, { env });
        let stderr = collector.process.stderr();
        let ending = await collector.stop();
        // It says that it is ready a moment before it listens to OS signals.
        for (let again = 0; again < 3 && ending.signal === "SIGTERM"; again += 1) {
          collector = await startCollector(t, otelcol, combination, { env });
          stderr = collector.process.stderr();
          ending = await collector.stop();
        }
        assert.deepEqual(ending, { code: 0, signal: null });
        assert.doesNotMatch(stderr, /"level":"(?!info|debug)|\t(?:warn|error|fatal)\t|deprecat|alias/i);
        assert.equal(collector.process.stdout(), "");
      });

      for (const variable of required[named(combination)] ?? []) {
        test(`does not start without ${variable}`, async (t) => {
          const { [variable]: _, ...rest } = await surroundings(t, hasTls);
          await assert.rejects(startCollector(t, otelcol, combination, { env: rest }), /ended before/);
        });
      }
    });
  }

  test("components are called what the Collector itself calls them", () => {
    const { stdout } = run(["components"]);
    const known = parse(stdout) as Readonly<Record<string, readonly { readonly name: string }[]>>;
    for (const combination of bases.flatMap(combinationsOf)) {
      const configuration = merged(combination);
      for (const kind of ["receivers", "processors", "exporters", "connectors", "extensions"] as const) {
        const names = new Set(known[kind]?.map(({ name }) => name));
        for (const name of Object.keys(configuration[kind] ?? {}))
          assert.ok(names.has(typeOf(name)), `${kind} ${name}`);
      }
    }
  });
});
