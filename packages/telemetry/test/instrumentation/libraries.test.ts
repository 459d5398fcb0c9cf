import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire, findPackageJSON } from "node:module";
import { describe, it } from "node:test";
import { earlierMajors } from "./fixtures/earlier-majors.ts";
import { type Expected, areRecordedOnce, scope, ways } from "./fixtures/recorded-once.ts";
import { programs, run } from "./fixtures/run.ts";

/** What one operation with each library makes: spans in the order in which they end, and records of logs. */
const expected: Readonly<Record<string, Expected>> = {
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
  "@aws-sdk/client-s3": { short: "aws-sdk", spans: ["S3.PutObject"] },
  pino: { short: "pino", logs: ["logged"] },
  winston: { short: "winston", logs: ["logged"] },
  bunyan: { short: "bunyan", logs: ["logged"] },
};
const libraries = Object.keys(expected);

for (const way of Object.keys(ways) as (keyof typeof ways)[]) void areRecordedOnce("a library", way, expected);

describe("the README", () => {
  it("names the libraries that are run here, with their major versions", () => {
    const require = createRequire(import.meta.url);
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, told = ""] = /<!-- proven -->\s*(.*?)\.\s*<!-- \/proven -->/s.exec(readme) ?? [];
    // A part of a library has no package of its own, or one of the same version.
    const whole = libraries.filter((name) => !/^mysql2\/|^amqplib\/|^@redis\//.test(name));
    // Clients of it are generated: they have tests of their own.
    whole.push("@prisma/client");
    const tested = whole.map((name) => {
      const { version } = require(findPackageJSON(name, import.meta.url) ?? "") as { readonly version: string };
      const earlier = earlierMajors.filter((alias) => alias.startsWith(`${name}-`)).map((alias) => alias.slice(-1));
      const majors = [...earlier, version.split(".", 1)[0] ?? ""];
      return `${name} ${new Intl.ListFormat("en-GB").format(majors)}`;
    });
    assert.deepEqual(told.split(/,\s+(?=[@a-z])/).toSorted(), tested.toSorted());
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
