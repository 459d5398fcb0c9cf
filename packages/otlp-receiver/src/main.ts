// `npm start`: listens for OTLP on this machine, and prints what arrives until SIGINT or SIGTERM.

import { parseArgs } from "node:util";
import { messageOf, optionError } from "@seaworthy/lifecycle";
import { printTo, startReceiver } from "./index.ts";

const usage = `Usage: npm start -w @seaworthy/otlp-receiver -- [--port 4318] [--runtime-metrics]
The port is also read from OTLP_RECEIVER_PORT.
`;

interface Choices {
  readonly port?: number;
  readonly runtimeMetrics: boolean;
}

/** @throws `ERR_SEAWORTHY_OPTION`, or what `parseArgs` throws */
function readChoices(args: readonly string[], env: NodeJS.ProcessEnv): Choices | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string" },
      "runtime-metrics": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const text = values.port ?? env["OTLP_RECEIVER_PORT"]?.trim();
  const runtimeMetrics = values["runtime-metrics"];
  if (text === undefined || text === "") return { runtimeMetrics };
  if (!/^\d{1,5}$/.test(text)) throw optionError("port", "a port", text, "Pass --port 4318, or 0 for a free one.");
  return { port: Number(text), runtimeMetrics };
}

async function main(): Promise<void> {
  // oxlint-disable-next-line node/no-process-env -- a program of its own, not a part of a service
  const choices = readChoices(process.argv.slice(2), process.env);
  if (choices === "help") {
    process.stdout.write(usage);
    return;
  }
  const { runtimeMetrics, ...options } = choices;
  const receiver = await startReceiver({ ...options, keep: 1_000 });
  const colour = process.stdout.hasColors?.() ?? false;
  const printing = printTo(receiver, (text) => void process.stdout.write(text), { colour, runtimeMetrics });
  process.stdout.write(`Receiving OTLP (http/protobuf, http/json) at ${receiver.url}\n`);

  // The process ends by itself once nothing listens any more.
  const end = (): void => {
    printing[Symbol.dispose]();
    void receiver[Symbol.asyncDispose]();
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}

main().catch((error: unknown) => {
  const code = (error as NodeJS.ErrnoException).code;
  process.stderr.write(`${typeof code === "string" ? `${code}: ` : ""}${messageOf(error)}\n`);
  process.exitCode = 1;
});
