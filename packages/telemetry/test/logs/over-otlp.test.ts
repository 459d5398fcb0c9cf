import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import { type LogRecord, startReceiver } from "@seaworthy/otlp-receiver";
import { installEarlier } from "../instrumentation/fixtures/earlier-majors.ts";

interface Run {
  readonly lines: readonly Record<string, unknown>[];
  readonly stderr: string;
  readonly logs: readonly LogRecord[];
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : assert.fail());

const at = (file: string): string => fileURLToPath(new URL(`apps/${file}`, import.meta.url));

const flags = [
  "--conditions=@seaworthy/source",
  "--experimental-strip-types",
  "--disable-warning=ExperimentalWarning",
  "--disable-warning=DEP0205",
];

/** Runs an application to its end, armed, and gives what it printed and what it sent. */
async function run(app: string): Promise<Run> {
  const receiver = await startReceiver({ port: 0 });
  try {
    const child = spawn(process.execPath, [...flags, "--import", at("arm.ts"), app], {
      env: { ...process.env, RECEIVER: receiver.url },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    return { lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), stderr, logs: receiver.logs() };
  } finally {
    await receiver[Symbol.asyncDispose]();
  }
}

const earlier = installEarlier(["pino-9"]);
after(() => earlier[Symbol.dispose]());

/** An application's file, put beside the earlier major. */
function inEarlier(file: string): string {
  copyFileSync(at(file), join(earlier.folder, file));
  return join(earlier.folder, file);
}

for (const [library, name, place] of [
  ["pino", "pino 10", at],
  ["pino", "pino 9", inEarlier],
  ["winston", "winston", at],
  ["bunyan", "bunyan", at],
] as const) {
  for (const format of ["mjs", "cjs"]) {
    test(`what ${name} writes in a .${format} application arrives once over OTLP, with the ids of its line`, async () => {
      const { lines, stderr, logs } = await run(place(`${library}.${format}`));
      assert.equal(stderr, "");
      const [line] = lines;
      assert.match(String(line?.["trace_id"]), /^[\da-f]{32}$/);
      assert.equal(logs.length, 2, JSON.stringify(logs));
      const [placed, failed] = logs;
      assert.equal(placed?.body, "placed");
      assert.equal(placed?.severityNumber, 9);
      assert.equal(placed?.severityText, "info");
      assert.equal(placed?.traceId, line?.["trace_id"]);
      assert.equal(placed?.spanId, line?.["span_id"]);
      assert.equal(placed?.flags, 1);
      assert.equal(placed?.attributes["order"], 7);
      assert.equal(placed?.attributes["request"], "r1");
      assert.equal("trace_id" in (placed?.attributes ?? {}), false);
      assert.match(textOf(failed?.body), /^failed/);
      assert.equal(failed?.severityNumber, 17);
      assert.equal(failed?.traceId, undefined);
      assert.equal(failed?.attributes["exception.type"], "TypeError");
      assert.equal(failed?.attributes["exception.message"], "no such order");
      assert.match(textOf(failed?.attributes["exception.stacktrace"]), new RegExp(`${library}\\.${format}`));
    });
  }
}

test("what console prints arrives once over OTLP, in the span in which it was printed", async () => {
  const { lines, stderr, logs } = await run(at("console.mjs"));
  assert.match(stderr, /^failed TypeError: no such order\n/);
  assert.equal(logs.length, 2);
  const [printed, failed] = logs;
  assert.equal(printed?.body, JSON.stringify(lines[0]));
  assert.equal(printed?.traceId, lines[0]?.["trace_id"]);
  assert.equal(printed?.spanId, lines[0]?.["span_id"]);
  assert.equal(failed?.severityNumber, 17);
  assert.equal(failed?.attributes["exception.type"], "TypeError");
});
