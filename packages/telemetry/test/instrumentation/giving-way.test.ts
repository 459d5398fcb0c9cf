import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Outcome } from "./fixtures/report.ts";
import { type Ran, type RunOptions, run } from "./fixtures/run.ts";

/** Official instrumentations that an application makes itself, and what they are for. */
const official: Readonly<Record<string, string>> = {
  pg: "pg",
  mysql2: "mysql2",
  redis: "redis",
  ioredis: "ioredis",
  mongodb: "mongodb",
  mongoose: "mongoose",
  kafkajs: "kafkajs",
  amqplib: "amqplib",
  graphql: "graphql",
  "@grpc/grpc-js": "grpc",
  "@aws-sdk/client-s3": "aws-sdk",
};

/** Makes them, loads the libraries, takes ours back if there are any, hands providers to theirs, and uses the libraries. */
const program = `
  const theirs = [];
  for (const short of ${JSON.stringify(Object.values(official))}) {
    const [, Class] = Object.entries(require("@opentelemetry/instrumentation-" + short)).find(([name]) => name.endsWith("Instrumentation"));
    theirs.push(new Class());
  }
  const libraries = { ${Object.keys(official)
    .map((name) => `"${name}": require("${name}")`)
    .join(", ")} };
  const { world } = require("FIXTURES/world.ts");
  const { use } = require("FIXTURES/use.ts");
  const { lookAnew } = require("FIXTURES/../../../src/node-sdk/look-anew.ts");
  const givenWay = world.armed?.list() ?? [];
  world.armed?.[Symbol.dispose]();
  lookAnew(theirs, givenWay);
  const useProviders = ({ tracerProvider }) => theirs.forEach((one) => one.setTracerProvider(tracerProvider));
  world.armed = { useProviders, list: () => [] };
  use(libraries);`;

describe("instrumentations of the application's own, when ours are taken back,", () => {
  const ranAs = (options: RunOptions): Promise<Ran> => run(program, { type: "commonjs", ...options });
  const ran = Promise.all([ranAs({}), ranAs({ isPreloaded: false })]);
  const spansIn = ({ recorded }: Outcome, name: string): unknown =>
    recorded[name]?.spans.map((span) => `${span.scope} ${span.name}`);

  for (const name of Object.keys(official)) {
    it(`record what they record where ours never were: ${name}`, async () => {
      const [beside, alone] = await ran;
      assert.deepEqual(spansIn(beside.outcome, name), spansIn(alone.outcome, name));
      assert.notDeepEqual(spansIn(alone.outcome, name), []);
    });
  }

  it("are not disturbed aloud", async () => {
    const [beside] = await ran;
    assert.deepEqual([beside.stderr, beside.code], ["", 0]);
  });
});
