import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { entryPoints } from "../structure/entry-points.ts";
import { root } from "../structure/packages.ts";
import { type Consumer, createConsumer } from "./consumer.ts";
import { bytesUnder, installedUnder } from "./installed.ts";
import { type Packed, packAll } from "./pack.ts";
import { median, timeOf } from "./start-up.ts";

const specifiers = entryPoints.map(({ specifier }) => specifier);
/** The entry for --import takes hold of the process that loads it. */
const quiet = specifiers.filter((specifier) => !specifier.endsWith("/register"));

describe("a user's folder with the packed packages", () => {
  let packed: Packed;
  let consumer: Consumer;
  before(async () => {
    packed = await packAll();
    consumer = createConsumer(packed);
  });
  after(() => packed[Symbol.dispose]());

  test("holds few packages, one copy of each, and of OpenTelemetry only its API", () => {
    const installed = installedUnder(consumer.folder);
    const names = installed.map(({ name }) => name).toSorted();
    const megabytes = bytesUnder(join(consumer.folder, "node_modules")) / 1e6;
    console.log(`figure: ${names.length} packages, ${megabytes.toFixed(1)} MB installed`);
    assert.deepEqual(names, [...new Set(names)], "expected one copy of every package");
    assert.deepEqual(
      names.filter((name) => name.startsWith("@opentelemetry/")),
      ["@opentelemetry/api"],
    );
    assert.ok(names.length <= 60, `expected at most 60 packages, got ${names.join(", ")}`);
    assert.ok(megabytes <= 20, `expected at most 20 MB, got ${megabytes}`);
  });

  test("import() and require() give the same module", () => {
    const file = consumer.write(
      "same.cjs",
      `const specifiers = ${JSON.stringify(quiet)};
      Promise.all(specifiers.map(async (name) => {
        const required = require(name);
        const imported = await import(name);
        for (const key of new Set([...Object.keys(required), ...Object.keys(imported)])) {
          if (required[key] !== imported[key]) throw new Error(name + " has two of " + key);
        }
        return Object.keys(imported).length;
      })).then((counts) => console.log(JSON.stringify(counts)));`,
    );
    const { status, output } = consumer.node(file);
    assert.equal(status, 0, output);
    const counts = JSON.parse(output) as number[];
    assert.ok(
      counts.every((count) => count > 0),
      `expected exports from ${quiet.join(", ")}, got ${output}`,
    );
  });

  for (const flag of ["--import", "--require"]) {
    test(`${flag} seaworthy/register lets a program with nothing to do end, silently`, () => {
      assert.deepEqual(consumer.node(flag, "seaworthy/register", "-e", "0"), { status: 0, output: "" });
    });
  }

  test("a service answers its probes from a thread of its own", () => {
    const file = consumer.write(
      "probed.mjs",
      `import { start } from "seaworthy";
      const svc = start({ probePort: 0, log: false });
      svc.markStarted();
      const { port } = await svc.whenProbesListen;
      console.log(await (await fetch("http://localhost:" + port + "/readyz?verbose")).text());`,
    );
    const { status, output } = consumer.node(file);
    assert.equal(status, 0, output);
    assert.match(output, /^\[\+\]heartbeat ok$/m);
  });

  test("what is loaded is the build, not the sources", () => {
    const { output } = consumer.node("-e", `console.log(require.resolve("seaworthy"))`);
    assert.match(output, /node_modules\/seaworthy\/dist\/index\.js\n$/);
  });

  test("a TypeScript user compiles against the declarations alone", () => {
    consumer.write("all.ts", specifiers.map((name, n) => `export * as entry${n} from "${name}";`).join("\n"));
    consumer.write("service.ts", readFileSync(join(import.meta.dirname, "service.fixture.ts"), "utf8"));
    const compilerOptions = {
      module: "nodenext",
      target: "es2023",
      lib: ["es2023", "esnext.disposable"],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    };
    consumer.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["all.ts", "service.ts"] }));
    const { status, output } = consumer.node(join(root, "node_modules/typescript/bin/tsc"), "-p", ".");
    assert.equal(status, 0, output);
  });

  test("importing it has a price, measured and not judged", () => {
    const bare: number[] = [];
    const loaded: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      bare.push(timeOf(() => consumer.node("--input-type=module", "-e", "0")));
      loaded.push(timeOf(() => consumer.node("--input-type=module", "-e", `import "seaworthy"`)));
    }
    const ratio = (median(loaded) / median(bare)).toFixed(2);
    console.log(`figure: import "seaworthy" takes ${ratio} × the start of bare Node (median of ${bare.length})`);
  });
});
