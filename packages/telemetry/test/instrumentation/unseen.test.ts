import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, describe, it } from "node:test";
import { build } from "rolldown";
import { applicationIn } from "../../src/instrumentation/application.ts";
import type { InstrumentationChoice } from "../../src/instrumentation/choose.ts";
import { tellUnseen } from "../../src/instrumentation/unseen.ts";
import { install } from "./fixtures/installation.ts";

/** What is told of an application. */
function toldOf(
  test: TestContext,
  files: Readonly<Record<string, string | object>>,
  choice: InstrumentationChoice = {},
  entry = "app.js",
): readonly string[] {
  const { folder } = install(test, files);
  const told: string[] = [];
  const options = { choice, application: applicationIn(folder), entry: join(folder, entry) };
  tellUnseen({ ...options, tell: ({ message }) => void told.push(message) });
  return told;
}

describe("graphql 17, of which an application gets ES modules,", () => {
  const graphql = (version: string): object => ({
    name: "graphql",
    version,
    exports: { "module-sync": "./index.mjs" },
  });
  const installed = (version: string): Record<string, object> => ({
    "package.json": { name: "application", dependencies: { graphql: "*" } },
    "node_modules/graphql/package.json": graphql(version),
  });

  it("is named with the line to run", (test) => {
    assert.deepEqual(toldOf(test, installed("17.1.0")), [
      "graphql 17.1.0 found, supported <17.0.0: it runs as it is, and is not instrumented. Run npm install " +
        '"graphql@<17.0.0", or set "graphql" to false in the option `instrumentations`.',
    ]);
  });

  it("is not named where nobody wants it, where the application does not depend on it, and in a version before", (test) => {
    assert.deepEqual(toldOf(test, installed("17.1.0"), { instrumentations: { graphql: false } }), []);
    assert.deepEqual(toldOf(test, { ...installed("17.1.0"), "package.json": { name: "a", dependencies: {} } }), []);
    assert.deepEqual(toldOf(test, installed("16.11.0")), []);
    assert.deepEqual(toldOf(test, { "package.json": { name: "a", dependencies: { graphql: "*" } } }), []);
  });
});

describe("a bundle", () => {
  const bundle = async (source: string): Promise<string> => {
    const built = await build({
      input: "app",
      plugins: [
        {
          name: "app",
          resolveId: (id) => (id === "app" ? join(import.meta.dirname, "app.js") : null),
          load: (id) => (id.endsWith("/app.js") ? source : null),
        },
      ],
      platform: "node",
      logLevel: "silent",
      write: false,
    });
    return built.output[0].code;
  };

  it("is named with the libraries that it has inside, except those that nobody wants", async (test) => {
    const code = await bundle(
      'import { graphql } from "graphql"; import pino from "pino"; pino().info(String(graphql));',
    );
    assert.deepEqual(toldOf(test, { "app.js": code }, { disabled: ["pino"] }), [
      'app.js has graphql inside it, as a bundler has put them there: what is no file of its own cannot be instrumented. Have the bundler leave them outside ("external"), and install them beside it.',
    ]);
  });

  it("is known by the comments of another bundler, too", (test) => {
    const code = `// node_modules/pg/lib/index.js\n${"// and so on\n".repeat(6_000)}// node_modules/@redis/client/dist/index.js\n`;
    assert.match(toldOf(test, { "app.js": code })[0] ?? "", /^app\.js has pg, redis inside it/);
  });

  it("is not taken for one where it has none of them inside, is small, or is no file", (test) => {
    const filler = "// of our own\n".repeat(6_000);
    assert.deepEqual(toldOf(test, { "app.js": `import "pg";\n${filler}` }), []);
    assert.deepEqual(toldOf(test, { "app.js": "// node_modules/pg/lib/index.js\n" }), []);
    assert.deepEqual(toldOf(test, {}), []);
  });
});
