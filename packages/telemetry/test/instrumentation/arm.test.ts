import assert from "node:assert/strict";
import { createRequire, Module } from "node:module";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TelemetryNotice } from "../../src/channels.ts";
import { armInstrumentations } from "../../src/instrumentation/arm.ts";
import { libraries } from "../../src/instrumentation/libraries.ts";
import { findInstrumentation } from "../../src/instrumentation/find-instrumentation.ts";
import { commonJs, greetingInstrumentation, install } from "./fixtures/installation.ts";
import { run } from "./fixtures/run.ts";

const prototype = Module.prototype as unknown as { _compile: unknown; require: unknown };

describe("what is instrumented", () => {
  const loads = (...names: string[]): string => `
    ${names.map((name) => `import "${name}";`).join(" ")}
    import { report } from "FIXTURES/report.ts";
    report();`;

  it("leaves express off unless it is asked for", async () => {
    const off = await run(loads("express"));
    const on = await run(loads("express"), { arm: { instrumentations: { express: true } } });

    const [first] = off.outcome.list;
    assert.deepEqual([first?.library, first?.version, first?.state], ["express", "5.3.0", "off"]);
    assert.deepEqual(off.outcome.loaded, []);
    assert.equal(on.outcome.list.find(({ library }) => library === "express")?.state, "armed");
  });

  it("is what the enabled ones name, when there are any", async () => {
    const { outcome } = await run(loads("pg", "ioredis"), { arm: { enabled: ["http", "ioredis"] } });

    const states = Object.fromEntries(outcome.list.map(({ library, state }) => [library, state]));
    assert.deepEqual(states, { pg: "off", ioredis: "armed" });
  });

  it("is not what the disabled ones name", async () => {
    const { outcome } = await run(loads("pg"), { arm: { disabled: ["pg"] } });

    assert.equal(outcome.list[0]?.state, "off");
  });

  it("is what the option says, whatever the lists do", async () => {
    const arm = { disabled: ["pg"], instrumentations: { pg: true, ioredis: false } };
    const { outcome } = await run(loads("pg", "ioredis"), { arm });

    const states = Object.fromEntries(outcome.list.map(({ library, state }) => [library, state]));
    assert.deepEqual(states, { pg: "armed", ioredis: "off" });
  });

  it("is Fastify's own plugin when that is asked for", async () => {
    const { outcome, stderr } = await run(loads("fastify"), { arm: { instrumentations: { fastify: true } } });

    assert.deepEqual(
      outcome.list.map(({ library, instrumentation, state }) => [library, instrumentation, state]),
      [["fastify", "@fastify/otel", "armed"]],
    );
    assert.equal(stderr, "");
  });

  it("changes with a later choice, for libraries that were loaded already", async () => {
    const chosen = (options: string): string => `
      import * as library from "pg";
      import { use } from "FIXTURES/use.ts";
      import { world } from "FIXTURES/world.ts";
      world.armed.choose(${options});
      await use({ pg: library });`;
    const off = await run(chosen("{ instrumentations: { pg: false } }"));
    const on = await run(chosen("{}"), { arm: { disabled: ["pg"] } });

    assert.deepEqual([off.outcome.recorded["pg"]?.spans.length, off.outcome.list[0]?.state], [0, "off"]);
    assert.deepEqual([on.outcome.recorded["pg"]?.spans.length, on.outcome.list[0]?.state], [1, "armed"]);
  });
});

describe("a name that is unknown", () => {
  it("is told with the one that was meant, once somebody is there to be told", () => {
    const armed = armInstrumentations({ disabled: ["ioreddis"], instrumentations: { mongose: true } });
    const notices: TelemetryNotice[] = [];
    armed.tellTo((notice) => void notices.push(notice));
    armed[Symbol.dispose]();

    assert.deepEqual(
      notices.map(({ message }) => message.replaceAll(/.*"(.*)"\..*"(.*)"\?/g, "$1 → $2")),
      ["mongose → mongoose", "ioreddis → ioredis"],
    );
  });

  it("is not one that other parts answer for, and one that is never offered is told with the reason", () => {
    const armed = armInstrumentations({ enabled: ["http", "undici", "net"] });
    const notices: TelemetryNotice[] = [];
    armed.tellTo((notice) => void notices.push(notice));
    armed[Symbol.dispose]();

    assert.deepEqual(
      notices.map(({ message }) => message),
      ['The instrumentation "net" is not offered: a span for every socket is noise. Take it out of what is asked for.'],
    );
  });
});

describe("what was found before somebody was there to be told", () => {
  const library = {
    ...commonJs("tedious", "2.0.0", ""),
    "package.json": { name: "application", dependencies: { tedious: "*" } },
  };
  const requires = (folder: string): void => void createRequire(join(folder, "app.js"))("tedious");

  it("is told then, once", (test) => {
    const { folder } = install(test, library);
    const armed = armInstrumentations({ folder });
    test.after(() => armed[Symbol.dispose]());
    requires(folder);
    const notices: TelemetryNotice[] = [];
    armed.tellTo((notice) => void notices.push(notice));
    armed.tellTo((notice) => void notices.push(notice));

    assert.equal(notices.length, 1);
    assert.match(notices[0]?.message ?? "", /tedious/);
  });

  it("is not told of a library that is turned off by then", (test) => {
    const { folder } = install(test, library);
    const armed = armInstrumentations({ folder });
    test.after(() => armed[Symbol.dispose]());
    requires(folder);
    armed.choose({ instrumentations: { tedious: false } });
    const notices: TelemetryNotice[] = [];
    armed.tellTo((notice) => void notices.push(notice));

    assert.deepEqual(notices, []);
  });
});

describe("disposing", () => {
  it("leaves the loader of CommonJS as it was", () => {
    const before = { ...prototype };
    const compile = prototype["_compile"];
    const armed = armInstrumentations();
    assert.notEqual(prototype["_compile"], compile);
    armed[Symbol.dispose]();

    assert.equal(prototype["_compile"], compile);
    assert.deepEqual({ ...prototype }, before);
  });

  it("takes the patches out of what was loaded", async () => {
    const program = `
      import * as library from "pg";
      import { use } from "FIXTURES/use.ts";
      import { world } from "FIXTURES/world.ts";
      world.armed[Symbol.dispose]();
      await use({ pg: library });`;
    const { outcome } = await run(program);

    assert.deepEqual(outcome.recorded["pg"]?.spans, []);
    assert.deepEqual(outcome.list, []);
  });
});

describe("disposing, where somebody else has patched the same library since,", () => {
  const installed = {
    ...commonJs("tedious", "2.0.0", 'exports.greet = () => "hello";'),
    ...commonJs("@opentelemetry/instrumentation-tedious", "1.0.0", greetingInstrumentation("tedious")),
  };
  const base = ["@opentelemetry/instrumentation", "@opentelemetry/api", "require-in-the-middle"];

  for (const [when, makes, loads] of [
    ["before it was loaded", "theirs", "tedious"],
    ["when it was loaded already", "tedious", "theirs"],
  ] as const) {
    it(`takes back only what is ours: an instrumentation that was made ${when}`, async (test) => {
      const program = `
        const { createRequire } = await import("node:module");
        const require = createRequire(import.meta.url);
        const make = {
          theirs: () => new (require("@opentelemetry/instrumentation-tedious").GreetingInstrumentation)(),
          tedious: () => require("tedious"),
        };
        make.${makes}();
        make.${loads}();
        const before = require("tedious").greet();
        const { world } = await import("FIXTURES/world.ts");
        world.armed[Symbol.dispose]();
        const { report } = await import("FIXTURES/report.ts");
        report({}, [before, require("tedious").greet()]);`;
      const { outcome, stderr } = await run(program, install(test, installed, base));

      assert.deepEqual(outcome.more, ["hello instrumented", "hello instrumented"]);
      assert.equal(stderr, "");
    });
  }
});

describe("what an application keeps of a library", () => {
  it("records nothing after disposing", async () => {
    const program = `
      import graphql, { graphql as execute, buildSchema } from "graphql";
      import pg from "pg";
      import { use } from "FIXTURES/use.ts";
      import { world } from "FIXTURES/world.ts";
      const { Pool } = pg;
      world.armed[Symbol.dispose]();
      await use({ graphql: { graphql: execute, buildSchema }, pg: { Pool } }, { providers: "global" });`;
    const { outcome, stderr } = await run(program);

    for (const name of ["graphql", "pg"]) assert.deepEqual(outcome.recorded[name]?.spans, [], name);
    assert.equal(stderr, "");
  });

  it("gets the exports that were there before, where a patch has put others in their place", async (test) => {
    const replacing = greetingInstrumentation("tedious")
      .replace(/this\._wrap\([^;]*;/, "")
      .replace("return exports;", 'return { greet: () => "hello replaced" };');
    const installed = install(
      test,
      {
        ...commonJs("tedious", "2.0.0", 'exports.greet = () => "hello";'),
        ...commonJs("@opentelemetry/instrumentation-tedious", "1.0.0", replacing),
      },
      ["@opentelemetry/instrumentation", "@opentelemetry/api"],
    );
    const program = `
      const { createRequire } = await import("node:module");
      const require = createRequire(import.meta.url);
      const before = require("tedious").greet();
      const { world } = await import("FIXTURES/world.ts");
      world.armed[Symbol.dispose]();
      const { report } = await import("FIXTURES/report.ts");
      report({}, [before, require("tedious").greet()]);`;
    const { outcome } = await run(program, installed);

    assert.deepEqual(outcome.more, ["hello replaced", "hello"]);
  });
});

describe("a library that is imported while somebody else imports what its instrumentation needs", () => {
  it("is instrumented all the same", async () => {
    const program = `
      const [library] = await Promise.all([import("pg"), import("@opentelemetry/instrumentation"), import("@opentelemetry/core")]);
      const { use } = await import("FIXTURES/use.ts");
      const { world } = await import("FIXTURES/world.ts");
      while (world.armed.list()[0].state === "off") await new Promise(setImmediate);
      await use({ pg: library });`;
    const { outcome, stderr } = await run(program);

    assert.equal(outcome.recorded["pg"]?.spans.length, 1);
    assert.equal(outcome.list[0]?.state, "armed");
    assert.deepEqual(outcome.notices, []);
    assert.equal(stderr, "");
  });
});

describe("the table", () => {
  for (const library of libraries.filter(({ shipped }) => shipped)) {
    it(`has an instrumentation for ${library.name} that knows its packages`, () => {
      const found = findInstrumentation(library, [], { ...library.config });
      assert.equal(typeof found?.instrumentation.enable, "function");
      const defined = found?.instrumentation as unknown as { getModuleDefinitions(): readonly { name: string }[] };
      const names = new Set(defined.getModuleDefinitions().map(({ name }) => name));
      for (const name of library.packages) assert.ok(names.has(name), name);
    });
  }

  it("has each name and each package once", () => {
    const names = libraries.map(({ name }) => name);
    const packages = libraries.flatMap((library) => library.packages);
    assert.deepEqual(names, [...new Set(names)]);
    assert.deepEqual(packages, [...new Set(packages)]);
  });

  it("has nothing of sockets, names and files", () => {
    const names = libraries.map(({ name }) => name);
    for (const name of ["net", "dns", "fs"]) assert.ok(!names.includes(name));
  });

  it("names packages that resolve by the imports of this package", () => {
    const require = createRequire(import.meta.url);
    for (const { name, shipped } of libraries) if (shipped) assert.ok(require.resolve(`#instrumentation/${name}`));
  });
});
