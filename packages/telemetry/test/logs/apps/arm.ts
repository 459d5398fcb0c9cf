/** Arms an application as `--import` would: hooks for imports, the logging libraries, and pipelines over OTLP. */
import { register as registerLoader } from "node:module";
import { context, logs, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { register, supportsSyncHooks } from "import-in-the-middle/register-hooks.mjs";
import { bunyanInstrumentation } from "../../../src/logs/bunyan.ts";
import { bridgeConsole } from "../../../src/logs/console.ts";
import { pinoInstrumentation } from "../../../src/logs/pino.ts";
import { winstonInstrumentation } from "../../../src/logs/winston.ts";

if (supportsSyncHooks()) register();
else registerLoader("import-in-the-middle/hook.mjs", import.meta.url);

const url = `${process.env["RECEIVER"]}/v1/logs`;
const loggerProvider = new LoggerProvider({
  processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url }) })],
});
logs.setGlobalLoggerProvider(loggerProvider);
trace.setGlobalTracerProvider(new TracerProvider());
context.setGlobalContextManager(new AsyncLocalStorageContextManager());
for (const instrument of [pinoInstrumentation, winstonInstrumentation, bunyanInstrumentation]) instrument().enable();
bridgeConsole({ logger: logs.getLogger("console") });

process.once("beforeExit", () => void loggerProvider.shutdown());
