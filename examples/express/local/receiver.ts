import { type Receiver, printTo, startReceiver } from "@seaworthy/otlp-receiver";

/** Where the telemetry goes. */
export interface Destination extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
}

const print = (text: string): void => void process.stdout.write(text);

/** Opens a receiver that prints what arrives, unless the environment names another place. */
export async function openReceiver(env: NodeJS.ProcessEnv): Promise<Destination> {
  const elsewhere = env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  if (elsewhere) {
    print(`Telemetry goes to ${elsewhere}.\n`);
    return { endpoint: elsewhere, [Symbol.asyncDispose]: async () => {} };
  }
  const receiver = await listen(Number(env["OTLP_RECEIVER_PORT"] ?? 4318));
  // Both services of a trace have had the time to send when it is printed.
  const printing = printTo(receiver, print, { colour: process.stdout.hasColors?.() ?? false, settleMs: 1_000 });
  print(`Receiving telemetry at ${receiver.url}: what arrives is printed here.\n`);
  return {
    endpoint: receiver.url,
    async [Symbol.asyncDispose]() {
      printing[Symbol.dispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

/** On that port, or on a free one where a Collector, or another `npm start`, has it. */
async function listen(port: number): Promise<Receiver> {
  try {
    return await startReceiver({ port, keep: 1_000 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SEAWORTHY_RECEIVER_PORT" || port === 0) throw error;
    print(`Port ${port} is taken. OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:${port} npm start sends there.\n`);
    return startReceiver({ port: 0, keep: 1_000 });
  }
}
