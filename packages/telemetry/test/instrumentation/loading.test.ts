import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, describe, it } from "node:test";
import { commonJs, greetingInstrumentation, install } from "./fixtures/installation.ts";
import { type RunOptions, run } from "./fixtures/run.ts";

const base = ["@opentelemetry/instrumentation", "@opentelemetry/api"];
const greeting = 'exports.greet = () => "hello";';
const instrumentation = commonJs("@opentelemetry/instrumentation-tedious", "1.0.0", greetingInstrumentation("tedious"));
const tedious = { ...commonJs("tedious", "2.0.0", greeting), ...instrumentation };

/** A program that may use `require`, `greet`, which loads the library anew by a name, and `tell`, which ends it. */
const program = (body: string): string => `
  const { createRequire } = await import("node:module");
  const require = createRequire(process.cwd() + "/app.js");
  const greet = (name = "tedious") => require(name).greet();
  const { report } = await import("FIXTURES/report.ts");
  const tell = (...more) => report({}, more);
  ${body}`;

async function greetsInstrumented(test: TestContext, body: string, options: RunOptions = {}): Promise<void> {
  const { outcome, stderr } = await run(program(body), { ...install(test, tedious, base), ...options });
  assert.deepEqual(outcome.more, ["hello instrumented"]);
  assert.deepEqual([outcome.list.map(({ state }) => state), outcome.notices, stderr], [["armed"], [], ""]);
}

describe("two copies of a library in one tree", () => {
  const copies = (version: string, nested: string): Record<string, string | object> => ({
    ...instrumentation,
    ...commonJs("tedious", version, greeting),
    "node_modules/user/package.json": { name: "user", version: "1.0.0", main: "index.js" },
    "node_modules/user/index.js": 'exports.greet = () => require("tedious").greet();',
    "node_modules/user/node_modules/tedious/package.json": { name: "tedious", version: nested, main: "index.js" },
    "node_modules/user/node_modules/tedious/index.js": greeting,
  });

  it("are both instrumented", async (test) => {
    const { outcome } = await run(
      program('tell(greet(), greet("user"));'),
      install(test, copies("1.5.0", "2.5.0"), base),
    );
    assert.deepEqual(outcome.more, ["hello instrumented", "hello instrumented"]);
    assert.deepEqual(
      outcome.list.map(({ version, state }) => [version, state]),
      [["1.5.0", "armed"]],
    );
    assert.deepEqual(outcome.notices, []);
  });

  for (const [order, versions, expected] of [
    ["first", ["9.0.0", "2.0.0"], ["hello", "hello instrumented"]],
    ["last", ["2.0.0", "9.0.0"], ["hello instrumented", "hello"]],
  ] as const) {
    it(`of which the ${order} one is out of range: that one is named, and the other one instrumented`, async (test) => {
      const installed = install(test, copies(versions[0], versions[1]), base);
      const { outcome } = await run(program('tell(greet(), greet("user"));'), installed);
      assert.deepEqual(outcome.more, expected);
      assert.deepEqual(
        outcome.list.map(({ version, state }) => [version, state]),
        [["2.0.0", "armed"]],
      );
      assert.equal(outcome.notices.length, 1);
      assert.match(outcome.notices[0]?.message ?? "", /^tedious 9\.0\.0 found/);
    });
  }
});

describe("a library is instrumented once", () => {
  it("where it is required by a link into a store, as pnpm lays it out", async (test) => {
    const store = "node_modules/.pnpm/tedious@2.0.0/node_modules/tedious";
    const { folder } = install(
      test,
      {
        ...instrumentation,
        [`${store}/package.json`]: { name: "tedious", version: "2.0.0", main: "index.js" },
        [`${store}/index.js`]: greeting,
      },
      base,
    );
    symlinkSync(join(folder, store), join(folder, "node_modules/tedious"), "dir");
    const { outcome } = await run(program("tell(greet());"), { folder });
    assert.deepEqual([outcome.more, outcome.notices], [["hello instrumented"], []]);
    assert.equal(outcome.list[0]?.version, "2.0.0");
  });

  it("again, when it is deleted from the cache and loaded anew", async (test) => {
    const body = 'greet(); delete require.cache[require.resolve("tedious")]; tell(greet());';
    await greetsInstrumented(test, body);
  });

  for (const flag of ["--enable-source-maps", "--frozen-intrinsics", "--no-addons"]) {
    it(
      `under ${flag}`,
      { skip: !process.allowedNodeEnvironmentFlags.has(flag) && `this Node has no ${flag}` },
      async (test) => {
        await greetsInstrumented(test, "tell(greet());", { flags: [flag] });
      },
    );
  }

  it("by a file whose types are taken out, and beside one of JSON", async (test) => {
    const files = {
      ...tedious,
      "package.json": { name: "application" },
      "typed.cts": 'const text: string = require("tedious").greet(); module.exports = { greet: (): string => text };',
      "some.json": { a: 1 },
    };
    const body = 'require("./some.json"); tell(greet("./typed.cts"));';
    const { outcome } = await run(program(body), install(test, files, base));
    assert.deepEqual(outcome.more, ["hello instrumented"]);
  });

  const patches: Readonly<Record<string, string>> = {
    "Module._load": "const load = Module._load; Module._load = function (...args) { return load.apply(this, args); };",
    "Module.prototype.require":
      "const original = Module.prototype.require; Module.prototype.require = function (id) { return original.call(this, id); };",
    "Module.prototype._compile":
      "const { _compile } = Module.prototype; Module.prototype._compile = function (...args) { return _compile.apply(this, args); };",
    "the compilation of each file, as transpilers do": `const js = Module._extensions[".js"];
       Module._extensions[".js"] = function (module, filename) {
         const compile = module._compile;
         module._compile = function (code, ...rest) { module._compile = compile; return module._compile("/* transpiled */" + code, ...rest); };
         return js(module, filename);
       };`,
  };
  for (const [what, patch] of Object.entries(patches)) {
    it(`by an application that replaces ${what}`, async (test) => {
      await greetsInstrumented(test, `{ const { Module } = require("node:module"); ${patch} } tell(greet());`);
    });
  }

  it("by one that puts back what it had replaced before", async (test) => {
    const before = `
      const { Module } = require("node:module");
      const original = Module.prototype._compile;
      Module.prototype._compile = function (...args) { return original.apply(this, args); };
      await import("FIXTURES/preload.ts");
      tell(greet());`;
    await greetsInstrumented(test, before, { isPreloaded: false });
  });
});

describe("arming does the application no harm", () => {
  for (const [what, body] of [
    ["Module.prototype is frozen", 'Object.freeze(require("node:module").Module.prototype);'],
    [
      "the folder it was started in is gone",
      'const fs = require("node:fs"); fs.mkdirSync("gone"); process.chdir("gone"); fs.rmdirSync("../gone");',
    ],
  ] as const) {
    it(`where ${what}`, async (test) => {
      const loads = program(`const greeted = greet(); ${body} await import("FIXTURES/preload.ts"); tell(greeted);`);
      const { outcome, code } = await run(loads, { ...install(test, tedious, base), isPreloaded: false });
      assert.deepEqual(outcome.more, ["hello"]);
      assert.equal(code, 0);
    });
  }

  it("where an instrumentation defines nothing that makes sense", async (test) => {
    const odd = greetingInstrumentation("tedious").replace(
      "return new Instr",
      'if (this.asked) return [{ name: "tedious", files: null, supportedVersions: undefined }]; this.asked = true; return new Instr',
    );
    const files = { ...tedious, ...commonJs("@opentelemetry/instrumentation-tedious", "1.0.0", odd) };
    const { outcome, code } = await run(program("tell(greet());"), install(test, files, base));
    assert.deepEqual(outcome.more, ["hello"]);
    assert.equal(outcome.list[0]?.state, "failed");
    assert.equal(code, 0);
  });

  it("in a worker thread, which is another thread's life", async (test) => {
    const { folder } = install(test, tedious, base);
    const body = `
      const { Worker } = require("node:worker_threads");
      const worker = new Worker(\`
        const { createRequire } = process.getBuiltinModule("node:module");
        const greeted = createRequire(process.cwd() + "/app.js")("tedious").greet();
        process.getBuiltinModule("node:worker_threads").parentPort.postMessage(greeted);\`, { eval: true });
      const [message] = await require("node:events").once(worker, "message");
      tell(message.startsWith("hello"));`;
    const { outcome, stderr } = await run(program(body), { folder });
    assert.deepEqual([outcome.more, stderr], [[true], ""]);
  });
});
