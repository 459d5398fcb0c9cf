import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire, findPackageJSON } from "node:module";
import { describe, it } from "node:test";
import { type RunOptions, programs, run } from "./fixtures/run.ts";

/** What one operation with each library makes: spans in the order in which they end, and records of logs. */
const expected: Readonly<Record<string, { short: string; spans?: readonly string[]; logs?: readonly string[] }>> = {
  pg: { short: "pg", spans: ["pg.query:SELECT d"] },
  mysql2: { short: "mysql2", spans: ["select"] },
  "mysql2/promise": { short: "mysql2", spans: ["select"] },
  "@redis/client": { short: "redis", spans: ["redis-connect", "redis-SET"] },
  redis: { short: "redis", spans: ["redis-connect", "redis-SET"] },
  ioredis: { short: "ioredis", spans: ["connect", "hello", "client", "client", "get"] },
  mongodb: { short: "mongodb", spans: ["find things", "endSessions $cmd"] },
  mongoose: { short: "mongoose", spans: ["findOne things"] },
  kafkajs: { short: "kafkajs", spans: ["send orders"] },
  amqplib: { short: "amqplib", spans: ["publish exchange"] },
  "amqplib/callback_api": { short: "amqplib", spans: ["publish exchange"] },
  graphql: { short: "graphql", spans: ["graphql.parseSchema", "graphql.parse", "graphql.validate", "query"] },
  "@grpc/grpc-js": { short: "grpc", spans: ["grpc.test.Greeter/Hello", "grpc.test.Greeter/Hello"] },
  pino: { short: "pino", logs: ["logged"] },
  winston: { short: "winston", logs: ["logged"] },
  bunyan: { short: "bunyan", logs: ["logged"] },
};
const libraries = Object.keys(expected);
const scope = (short: string): string => `@opentelemetry/instrumentation-${short}`;

const ways: readonly (readonly [string, string, RunOptions])[] = [
  ["is imported", programs.imports(libraries), {}],
  ["is required", programs.requires(libraries), { type: "commonjs" }],
  ["was loaded before", programs.armsLate(libraries), { isPreloaded: false }],
];

for (const [way, program, options] of ways) {
  describe(`a library that ${way}`, () => {
    const ran = run(program, options);

    for (const [library, { short, spans = [], logs = [] }] of Object.entries(expected)) {
      it(`has its operations recorded once: ${library}`, async () => {
        const { outcome } = await ran;
        const recorded = outcome.recorded[library];
        const own = recorded?.spans.filter((span) => span.scope === scope(short)) ?? [];
        assert.deepEqual(
          own.map((span) => span.name),
          spans,
        );
        assert.ok(own.every((span) => span.isInTrace));
        assert.deepEqual(recorded?.logs, logs);
        const [entry] = outcome.list.filter((one) => one.library === short);
        assert.equal(entry?.state, "armed");
        assert.match(entry?.version ?? "", /^\d+\.\d+\.\d+$/);
      });
    }

    it("is said nothing of, by us or by Node", async () => {
      const { outcome, stderr, code } = await ran;
      assert.deepEqual(outcome.notices, []);
      assert.equal(stderr, "");
      assert.equal(code, 0);
    });
  });
}

describe("the README", () => {
  it("names the libraries that are run here, with their major versions", () => {
    const require = createRequire(import.meta.url);
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, told = ""] = /<!-- proven -->\s*(.*?)\.\s*<!-- \/proven -->/s.exec(readme) ?? [];
    // A part of a library has no package of its own, or one of the same version.
    const whole = libraries.filter((name) => !/^mysql2\/|^amqplib\/|^@redis\//.test(name));
    const installed = whole.map((name) => {
      const manifest = findPackageJSON(name, import.meta.url) ?? "";
      const { version } = require(manifest) as { readonly version: string };
      return `${name} ${version.split(".", 1)[0]}`;
    });
    assert.deepEqual(told.split(/,\s+/).toSorted(), installed.toSorted());
  });
});

describe("one operation", () => {
  const ran = run(programs.imports(["pg", "mysql2", "mongoose"], '{ providers: "global" }'));

  it("makes a span by the API's own provider while no other one is handed over", async () => {
    const { outcome } = await ran;
    assert.equal(outcome.recorded["pg"]?.spans.length, 1);
    assert.equal(outcome.recorded["mysql2"]?.spans.length, 1);
  });

  it("of mongoose has no second span of the driver underneath", async () => {
    const { outcome } = await ran;
    const spans = outcome.recorded["mongoose"]?.spans ?? [];
    assert.deepEqual(
      spans.filter((span) => span.attributes["db.collection.name"] === "things").map((span) => span.scope),
      [scope("mongoose")],
    );
  });

  it("of mysql2 does not show the values it was called with", async () => {
    const { outcome } = await ran;
    assert.equal(outcome.recorded["mysql2"]?.spans[0]?.attributes["db.query.text"], "select ?, ?");
  });
});

describe("arming", () => {
  it("loads nothing of OpenTelemetry, and then the instrumentation of the library that is loaded and no other", async () => {
    const required = `import { createRequire } from "node:module"; createRequire(import.meta.url)("pg");`;
    const { outcome } = await run(`${required} ${programs.imports(["pg"])}`);

    assert.deepEqual(outcome.early, []);
    const loaded = outcome.loaded.filter((name) => name.startsWith("@opentelemetry/instrumentation-"));
    assert.deepEqual(loaded, [scope("pg")]);
    // It was both required and imported.
    assert.equal(outcome.recorded["pg"]?.spans.length, 1);
    assert.ok(outcome.recorded["pg"].metrics.includes("db.client.operation.duration"));
  });

  it("loads nothing for an application that uses no library it knows", async () => {
    const { outcome } = await run(`import "ws"; import { report } from "FIXTURES/report.ts"; report();`);

    assert.deepEqual(outcome.loaded, []);
    assert.deepEqual(outcome.list, []);
  });
});
