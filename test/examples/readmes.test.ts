import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { filesUnder } from "../run/test-files.ts";
import { root } from "../run/workspaces.ts";
import { ask } from "../harness/ask.ts";
import { doorsOf, readExample, runCommand, startExample, telemetryOn } from "./example.ts";

/** What needs programs from elsewhere has tests of its own. */
const elsewhere = ["with-collector"];

/** For each example: what its README tells to try, and what one sees. */
const examples: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  express: {
    "curl -d '{\"item\":\"rope\"}' -H 'content-type: application/json' 'localhost:8080/orders'":
      /^\{"id":1,"item":"rope"\}$/,
    "curl -d '{\"item\":\"gold\"}' -H 'content-type: application/json' 'localhost:8080/orders'":
      /^\{"error":"The payment was refused\."\}$/,
    "curl 'localhost:9464/metrics'": /^orders_placed_total 1$/m,
    "curl 'localhost:9464/readyz?verbose'":
      /^\[\+\]telemetry ok\n\[\+\]orders database ok$[\s\S]*^readyz check passed$/m,
    "curl 'localhost:9464/livez'": /^ok$/,
    "curl 'localhost:8080/orders/1'": /^\{"id":1,"item":"rope"\}$/,
    "curl -N 'localhost:8080/orders'": /^\{"id":1,"item":"rope"\}\n$/,
    "curl 'localhost:8080/slow?ms=3000'": /^\{"slept":true\}$/,
  },
  http: {
    "curl 'localhost:9464/startupz?verbose'": /startupz check passed/,
    "curl 'localhost:8080/readyz'": /^ok$/,
    "curl 'localhost:8080/is'": /^halló\n$/,
    "curl 'localhost:8080/en?after=3000'": /^hello\n$/,
  },
  "own-sdk": {
    "curl 'localhost:9464/readyz?verbose'": /readyz check passed/,
    "curl 'localhost:8080/livez'": /^ok$/,
    "curl 'localhost:8080/stock/rope'": /^\{"item":"rope","count":120\}$/,
    "curl 'localhost:8080/stock/sail'": /^\{"error":"Not in stock\."\}$/,
    "curl 'localhost:8080/metrics'": /^stock_asked_total\{known="true",.*\} 1$/m,
  },
  "queue-worker": {
    "curl 'localhost:9464/readyz?verbose'": /^\[\+\]queue ok$/m,
  },
  "zero-code": {
    "curl 'localhost:9464/readyz?verbose'": /readyz check passed/,
    "curl 'localhost:8080'": /^ahoy\n$/,
    "curl 'localhost:8080?after=3000'": /^ahoy\n$/,
  },
};

test("every example is tried here", () => {
  const folders = readdirSync(join(root, "examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(folders.map(({ name }) => name).toSorted(), [...Object.keys(examples), ...elsewhere].toSorted());
});

describe("what a README tells to try can be seen, and SIGTERM ends it with 0", () => {
  for (const [name, expected] of Object.entries(examples)) {
    const example = readExample(name);

    test(name, async (t) => {
      const [start, ...tries] = example.commands;
      assert.equal(start, "npm start");
      assert.deepEqual(tries, Object.keys(expected));

      const service = startExample(t, example, telemetryOn);
      const hasApp = tries.some((command) => command.includes("localhost:8080"));
      const doors = hasApp ? await doorsOf(service) : undefined;
      const [, probePort] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
      await service.until(/Started after/);
      // A check has passed once before readiness can.
      const ready = async (): Promise<boolean> => (await ask(`http://localhost:${probePort}/readyz`)).status === 200;
      while (!(await ready()));

      for (const command of tries) {
        const here = command.replace("localhost:9464", `localhost:${probePort}`);
        const { code, stdout } = await runCommand(here.replace("localhost:8080", doors?.app ?? "nowhere"));
        assert.equal(code, 0, command);
        assert.match(stdout, expected[command] ?? /nothing/, command);
      }

      service.kill("SIGTERM");
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
    });

    test(`${name} has files that are read at one sitting`, () => {
      const files = filesUnder(example.folder).filter((file) => /\.(ts|mjs)$/.test(file));
      const long = files.filter((file) => readFileSync(file, "utf8").split("\n").length > 60);
      assert.ok(files.length > 0);
      assert.deepEqual(long, [], "expected at most 60 lines");
    });
  }
});
