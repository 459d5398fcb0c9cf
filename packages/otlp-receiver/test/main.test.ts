import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { startReceiver } from "../src/index.ts";
import { startSdk } from "./sdk.ts";
import { own } from "./own.ts";

interface Program extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  stdout(): string;
  stderr(): string;
  /** Resolves once the output matches. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** How it ended: an exit code, or the OS signal that killed it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

function startProgram(args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const main = fileURLToPath(import.meta.resolve("../src/main.ts"));
  const child = spawn(
    process.execPath,
    [...process.execArgv.filter((flag) => !flag.startsWith("--test")), main, ...args],
    {
      env: { ...process.env, OTLP_RECEIVER_PORT: "", FORCE_COLOR: "", NODE_TEST_CONTEXT: "", ...env },
    },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null);
  return {
    child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(stdout);
        if (found) return found;
        const more = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]);
        if (!more && !pattern.test(stdout)) throw new Error(`it ended; stdout: ${stdout}; stderr: ${stderr}`);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const LISTENING = /^Receiving OTLP \(http\/protobuf, http\/json\) at (http:\/\/127\.0\.0\.1:\d+)\n/;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`the program says where it listens, prints what arrives, and ends cleanly at ${signal}`, async (t) => {
    const program = own(t, startProgram(["--port", "0"]));
    const [line, url = ""] = await program.until(LISTENING);
    // Never shut down: the program that it sends to is gone by then.
    const sdk = startSdk("protobuf", url);
    const context = sdk.tracers.getTracer("t").startSpan("GET /orders");
    context.end();
    sdk.loggers.getLogger("l").emit({ body: "listening" });
    await sdk.flush();
    await program.until(/trace .*\nGET/);
    // The connections of the exporters are still open.
    program.child.kill(signal);
    assert.equal(await program.ended, 0);
    assert.equal(program.stderr(), "");
    const [first, second = "", ...rest] = program.stdout().slice(line.length).split("\n");
    assert.equal(first, "log  orders  LOG  listening");
    assert.equal(second, "");
    assert.match(rest.join("\n"), /^trace [\da-f]{32} {2}orders\nGET \/orders {2}\S+ \S+ {2}internal\n$/);
  });
}

test("the program takes its port from the environment, and says with a code that it is in use", async (t) => {
  const other = own(t, await startReceiver({ port: 0 }));
  const program = own(t, startProgram([], { OTLP_RECEIVER_PORT: String(other.port) }));
  assert.equal(await program.ended, 1);
  assert.equal(program.stdout(), "");
  assert.equal(
    program.stderr(),
    `ERR_SEAWORTHY_RECEIVER_PORT: Expected to listen for OTLP on 127.0.0.1, port ${other.port}, got a port that another ` +
      "server has (EADDRINUSE). Stop the other receiver or Collector, or take another port here and in " +
      "OTEL_EXPORTER_OTLP_ENDPOINT.\n",
  );
});

test("the program refuses what it does not understand, and helps when asked", async (t) => {
  const port = own(t, startProgram(["--port", "otlp"]));
  const flag = own(t, startProgram(["--prot", "1"]));
  const help = own(t, startProgram(["--help"]));
  assert.deepEqual([await port.ended, await flag.ended, await help.ended], [1, 1, 0]);
  assert.equal(
    port.stderr(),
    'ERR_SEAWORTHY_OPTION: Expected the `port` option to be a port, got "otlp" (string). Pass --port 4318, or 0 for a free one.\n',
  );
  assert.match(flag.stderr(), /^ERR_PARSE_ARGS_UNKNOWN_OPTION: Unknown option '--prot'/);
  assert.match(help.stdout(), /^Usage: /);
});
