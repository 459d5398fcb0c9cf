import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applicationIn } from "../../src/instrumentation/application.ts";
import { installAliased } from "./fixtures/earlier-majors.ts";
import { commonJs, greetingInstrumentation, install } from "./fixtures/installation.ts";
import { run } from "./fixtures/run.ts";

describe("a library that is installed under another name", () => {
  const aliases = ["redis-4", "ioredis-5", "mongodb-6", "mongoose-8", "pino-9"] as const;
  const loads = {
    imported: ["module", (name: string) => `await import("${name}")`],
    required: ["commonjs", (name: string) => `require("${name}")`],
  } as const;

  for (const [way, [type, load]] of Object.entries(loads)) {
    it(`and is ${way} has its operations recorded`, async (test) => {
      const libraries = aliases.map((alias) => `"${alias.replace(/-\d$/, "")}": ${load(alias)}`);
      const program = `import("FIXTURES/use.ts").then(async ({ use }) => use({ ${libraries.join(", ")} }));`;
      const installed = installAliased(aliases);
      test.after(() => installed[Symbol.dispose]());
      const { outcome, stderr } = await run(program, { type, folder: installed.folder });

      const recorded = Object.entries(outcome.recorded).map(([name, { spans, logs }]) => [
        name,
        ...spans.map((span) => span.name),
        ...logs,
      ]);
      assert.deepEqual(recorded, [
        ["redis", "redis-connect", "redis-SET"],
        ["ioredis", "connect", "client", "client", "get"],
        ["mongodb", "find things", "endSessions $cmd"],
        ["mongoose", "findOne things", "endSessions $cmd"],
        ["pino", "logged"],
      ]);
      assert.deepEqual([outcome.notices, stderr], [[], ""]);
    });
  }

  it("is the one that is instrumented, not another one under its own name that is not supported", async (test) => {
    const greeting = 'exports.greet = () => "hello";';
    const installed = install(
      test,
      {
        "package.json": { name: "application", dependencies: { old: "npm:tedious@2", tedious: "9.0.0" } },
        ...commonJs("@opentelemetry/instrumentation-tedious", "1.0.0", greetingInstrumentation("tedious")),
        ...commonJs("tedious", "9.0.0", greeting),
        "node_modules/old/package.json": { name: "tedious", version: "2.0.0", main: "index.js" },
        "node_modules/old/index.js": greeting,
      },
      ["@opentelemetry/instrumentation", "@opentelemetry/api"],
    );
    const { outcome } = await run(
      `import("FIXTURES/report.ts").then(({ report }) => report({}, [require("old").greet(), require("tedious").greet()]));`,
      { type: "commonjs", ...installed },
    );
    assert.deepEqual(outcome.more, ["hello instrumented", "hello"]);
  });
});

describe("an application", () => {
  it("says in its manifest what it calls by another name, of dependencies of every kind", (test) => {
    const { folder } = install(test, {
      "package.json": {
        name: "application",
        dependencies: { "redis-4": "npm:redis@4.7.1", client: "npm:@redis/client", pg: "8", odd: 1 },
        devDependencies: { "pino-9": "npm:pino@^9" },
        optionalDependencies: { "koa-2": "npm:koa@2 || 3", redis: "npm:redis@6" },
      },
    });
    const { aliased, dependsOn } = applicationIn(folder);
    const names = ["redis-4", "client", "pino-9", "koa-2", "redis", "pg", "odd", "nowhere"];
    assert.deepEqual(names.map(aliased), [
      "redis",
      "@redis/client",
      "pino",
      "koa",
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    assert.deepEqual(["redis", "redis-4", "pg", "pino"].map(dependsOn), [true, false, true, false]);
  });
});
