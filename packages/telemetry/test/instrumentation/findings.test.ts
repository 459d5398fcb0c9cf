import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commonJs, greetingInstrumentation, install } from "./fixtures/installation.ts";
import { run } from "./fixtures/run.ts";

const base = ["@opentelemetry/instrumentation", "@opentelemetry/api"];
const greeting = 'exports.greet = () => "hello";';
const instrumentation = (name: string, source: string): Record<string, string | object> =>
  commonJs(`@opentelemetry/instrumentation-${name}`, "1.0.0", source);
const application = (...dependencies: string[]): Record<string, object> => ({
  "package.json": { name: "application", dependencies: Object.fromEntries(dependencies.map((name) => [name, "*"])) },
});

/** Imports a library and reports what it greets with. */
const greets = (library: string): string => `
  import { greet } from "${library}";
  import { report } from "FIXTURES/report.ts";
  report({}, greet());`;

describe("an instrumentation that the application has installed", () => {
  it("is armed when the library is loaded", async (test) => {
    const installed = install(
      test,
      { ...commonJs("tedious", "2.0.0", greeting), ...instrumentation("tedious", greetingInstrumentation("tedious")) },
      base,
    );
    const { outcome, stderr } = await run(greets("tedious"), installed);

    assert.equal(outcome.more, "hello instrumented");
    assert.deepEqual(outcome.list, [
      {
        library: "tedious",
        version: "2.0.0",
        instrumentation: "@opentelemetry/instrumentation-tedious",
        state: "armed",
      },
    ]);
    assert.deepEqual(outcome.notices, []);
    assert.equal(stderr, "");
  });

  it("patches a library once, whether it is required, imported or both", async (test) => {
    const installed = install(
      test,
      { ...commonJs("tedious", "2.0.0", greeting), ...instrumentation("tedious", greetingInstrumentation("tedious")) },
      base,
    );
    const program = `
      import { createRequire } from "node:module";
      const required = createRequire(import.meta.url)("tedious");
      const imported = await import("tedious");
      const { report } = await import("FIXTURES/report.ts");
      report({}, [required.greet(), imported.greet(), createRequire(import.meta.url)("tedious").greet()]);`;
    const { outcome } = await run(program, installed);

    assert.deepEqual(outcome.more, ["hello instrumented", "hello instrumented", "hello instrumented"]);
  });

  it("is asked for by name once when it is missing", async (test) => {
    const installed = install(test, { ...application("tedious"), ...commonJs("tedious", "2.0.0", greeting) });
    const { outcome } = await run(greets("tedious"), installed);

    assert.equal(outcome.more, "hello");
    assert.equal(outcome.list[0]?.state, "missing");
    assert.equal(outcome.notices.length, 1);
    assert.equal(outcome.notices[0]?.level, "info");
    assert.match(outcome.notices[0]?.message ?? "", /npm install @opentelemetry\/instrumentation-tedious/);
  });

  it("is not asked for when the application does not depend on the library itself", async (test) => {
    const installed = install(test, { ...application("other"), ...commonJs("tedious", "2.0.0", greeting) });
    const { outcome } = await run(greets("tedious"), installed);

    assert.equal(outcome.list[0]?.state, "missing");
    assert.deepEqual(outcome.notices, []);
  });

  it("reaches what was loaded before, and says that it may miss some of it", async (test) => {
    const installed = install(
      test,
      { ...commonJs("tedious", "2.0.0", greeting), ...instrumentation("tedious", greetingInstrumentation("tedious")) },
      base,
    );
    const program = `
      const { createRequire } = await import("node:module");
      const require = createRequire(import.meta.url);
      require("tedious");
      await import("FIXTURES/preload.ts");
      const { report } = await import("FIXTURES/report.ts");
      report({}, require("tedious").greet());`;
    const { outcome } = await run(program, { ...installed, isPreloaded: false });

    assert.equal(outcome.more, "hello instrumented");
    assert.equal(outcome.list[0]?.state, "loaded before");
    assert.match(outcome.notices[0]?.message ?? "", /tedious was loaded before.*--import seaworthy\/register/);
  });
});

describe("a library outside of what its instrumentation supports", () => {
  it("is named with both versions and left as it is", async (test) => {
    const installed = install(
      test,
      {
        ...commonJs("tedious", "9.1.2", greeting),
        ...instrumentation("tedious", greetingInstrumentation("tedious", [">=1.0.0 <3", "^4.0.0"])),
      },
      base,
    );
    const { outcome } = await run(greets("tedious"), installed);

    assert.equal(outcome.more, "hello");
    assert.equal(outcome.list[0]?.state, "out of range");
    assert.equal(outcome.notices.length, 1);
    assert.match(outcome.notices[0]?.message ?? "", /^tedious 9\.1\.2 found, supported >=1\.0\.0 <3 or \^4\.0\.0:/);
  });

  it("is named the same when the instrumentation is ours", async (test) => {
    const installed = install(test, commonJs("graphql", "17.1.0", greeting));
    const { outcome } = await run(greets("graphql"), installed);

    assert.equal(outcome.list[0]?.state, "out of range");
    assert.match(outcome.notices[0]?.message ?? "", /^graphql 17\.1\.0 found, supported >=14\.0\.0 <17:/);
  });

  it("is not named where another package of the same library does the work", async (test) => {
    const installed = install(test, commonJs("redis", "6.0.0", greeting));
    const { outcome } = await run(greets("redis"), installed);

    assert.equal(outcome.list[0]?.state, "armed");
    assert.deepEqual(outcome.notices, []);
  });
});

describe("an instrumentation that throws", () => {
  const throws: readonly (readonly [string, string])[] = [
    ["while it is loaded", 'throw new Error("spoilt");'],
    [
      "while it is made",
      'exports.BadInstrumentation = class BadInstrumentation { enable() {} constructor() { throw new Error("spoilt"); } };',
    ],
    [
      "while it patches",
      greetingInstrumentation("tedious").replace("this._wrap(", 'throw new Error("spoilt"); this._wrap('),
    ],
  ];
  for (const [when, source] of throws) {
    it(`${when} leaves the library as it is, and is told`, async (test) => {
      const installed = install(
        test,
        { ...commonJs("tedious", "2.0.0", greeting), ...instrumentation("tedious", source) },
        base,
      );
      const { outcome, code } = await run(greets("tedious"), installed);

      assert.equal(outcome.more, "hello");
      assert.equal(outcome.list[0]?.state, "failed");
      assert.equal(outcome.notices.length, 1);
      assert.match(outcome.notices[0]?.message ?? "", /tedious failed: spoilt/);
      assert.equal(code, 0);
    });
  }
});

describe("a library that throws while it is loaded", () => {
  it("throws what it threw", async (test) => {
    const installed = install(test, commonJs("pg", "8.0.3", 'throw new Error("its own");'));
    const program = `
      import { report } from "FIXTURES/report.ts";
      report({}, await import("pg").catch((error) => error.message));`;
    const { outcome } = await run(program, installed);

    assert.equal(outcome.more, "its own");
    assert.deepEqual(outcome.notices, []);
  });
});

describe("an ES module", () => {
  const openai = {
    "node_modules/openai/package.json": {
      name: "openai",
      version: "2.0.0",
      exports: { import: "./index.mjs", require: "./index.js" },
    },
    "node_modules/openai/index.mjs": 'export { greet } from "./greet.mjs";',
    "node_modules/openai/greet.mjs": 'export const greet = () => "hello";',
    "node_modules/openai/index.js": greeting,
    ...instrumentation("openai", greetingInstrumentation("openai")),
  };

  it("is instrumented as it is imported", async (test) => {
    const installed = install(test, openai, [...base, "import-in-the-middle"]);
    const { outcome, stderr } = await run(greets("openai"), installed);

    assert.equal(outcome.more, "hello instrumented");
    assert.deepEqual(outcome.early, []);
    assert.equal(outcome.list[0]?.state, "armed");
    assert.equal(stderr, "");
  });

  it("is instrumented once for each of its two builds", async (test) => {
    const installed = install(test, openai, [...base, "import-in-the-middle"]);
    const program = `
      import { createRequire } from "node:module";
      import { greet } from "openai";
      import { report } from "FIXTURES/report.ts";
      report({}, [greet(), createRequire(import.meta.url)("openai").greet()]);`;
    const { outcome } = await run(program, installed);

    assert.deepEqual(outcome.more, ["hello instrumented", "hello instrumented"]);
  });

  it("is imported as it is after disposing", async (test) => {
    const installed = install(test, openai, [...base, "import-in-the-middle"]);
    const program = `
      const first = await import("openai");
      const { world } = await import("FIXTURES/world.ts");
      world.armed[Symbol.dispose]();
      const second = await import("openai?again");
      const { report } = await import("FIXTURES/report.ts");
      report({}, [first.greet(), second.greet()]);`.replace("openai?again", "./node_modules/openai/index.mjs?again");
    const { outcome, stderr } = await run(program, installed);

    assert.deepEqual(outcome.more, ["hello", "hello"]);
    assert.equal(stderr, "");
  });

  it("of a version outside of the range is named and left as it is", async (test) => {
    const manifest = { name: "openai", version: "9.0.0", exports: "./index.mjs" };
    const installed = install(test, { ...openai, "node_modules/openai/package.json": manifest }, base);
    const { outcome } = await run(greets("openai"), installed);

    assert.equal(outcome.more, "hello");
    assert.match(outcome.notices[0]?.message ?? "", /^openai 9\.0\.0 found/);
  });
});
