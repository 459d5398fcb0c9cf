import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { install } from "./fixtures/installation.ts";
import { generatedClients } from "./fixtures/prisma-client.ts";
import { type RunOptions, run } from "./fixtures/run.ts";

const { ofEsModules, ofCommonJs, withItsRuntime } = generatedClients;

const imported = (file: string): string => `
  import { PrismaPg } from "@prisma/adapter-pg";
  import * as client from "./generated/${file}";
  const { PrismaClient } = client.default ?? client;`;
const required = (file: string): string => `
  const { PrismaPg } = require("@prisma/adapter-pg");
  const { PrismaClient } = require("./generated/${file}");`;
const used = `import("FIXTURES/use.ts").then(({ use }) => use({ prisma: { PrismaClient, PrismaPg } }));`;
const armed = `await import("FIXTURES/preload.ts");`;

const ways: readonly (readonly [string, Readonly<Record<string, string | object>>, string, RunOptions])[] = [
  ["of ES modules that is imported", ofEsModules, imported("client.mjs"), {}],
  ["of ES modules that was imported before", ofEsModules, imported("client.mjs") + armed, { isPreloaded: false }],
  ["of CommonJS that is required", ofCommonJs, required("client.js"), { type: "commonjs" }],
  ["that has its runtime with it and is imported", withItsRuntime, imported("index.js"), {}],
  ["that has its runtime with it and is required", withItsRuntime, required("index.js"), { type: "commonjs" }],
  [
    "that has its runtime with it and was imported before",
    withItsRuntime,
    imported("index.js") + armed,
    { isPreloaded: false },
  ],
];

/*
 * request
 * ├─ operation                         findMany
 * │  ├─ serialize, connect, compile
 * │  └─ db_query
 * │     └─ pg.query:SELECT d           the same, as the driver under the adapter sees it
 * ├─ transaction
 * │  ├─ operation                      findMany, and what is done for both
 * │  │  ├─ serialize, compile
 * │  │  ├─ start_transaction ─ pg.query:BEGIN d
 * │  │  ├─ db_query ─ pg.query:SELECT d, twice
 * │  │  └─ commit_transaction ─ db_query ─ pg.query:COMMIT d
 * │  └─ operation                      findFirst
 * │     └─ serialize
 * └─ disconnect
 */
const parts = ["serialize < operation", "compile < operation"];
const query = ["pg.query:SELECT d < db_query", "db_query < operation"];
const begin = ["pg.query:BEGIN d < start_transaction", "start_transaction < operation"];
const commit = ["pg.query:COMMIT d < db_query", "db_query < commit_transaction", "commit_transaction < operation"];
const first = ["operation < request", ...parts, "connect < operation", ...query];
const second = ["operation < transaction", ...parts, ...begin, ...query, ...query, ...commit];
const third = ["operation < transaction", "serialize < operation"];
const expected = [...first, "transaction < request", ...second, ...third, "disconnect < request"];

describe("a client of Prisma", { concurrency: 3 }, () => {
  for (const [title, files, loading, options] of ways) {
    it(`${title} has its operations recorded once, and those of its driver within`, async (test) => {
      const links = ["@prisma/client", "@prisma/client-runtime-utils", "@prisma/adapter-pg"];
      const { outcome, stderr } = await run(loading + used, { ...options, ...install(test, files, links) });
      const spans = outcome.recorded["prisma"]?.spans ?? [];
      assert.deepEqual(
        spans.map(({ name, parent }) => `${name} < ${parent}`.replaceAll("prisma:client:", "")).toSorted(),
        expected.toSorted(),
      );
      assert.ok(spans.every((span) => span.isInTrace));
      assert.doesNotMatch(JSON.stringify(spans), /secret/);
      assert.deepEqual(
        outcome.list
          .map(({ library, version, state }) => `${library} ${version?.split(".", 1)[0]} ${state}`)
          .toSorted(),
        ["pg 8 armed", "prisma 7 armed"],
      );
      assert.deepEqual([outcome.notices, stderr], [[], ""]);
    });
  }
});
