import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { startReceiver } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import { startProcess } from "../harness/process.ts";
import type { Scope } from "../harness/scope.ts";
import { type Families, addFamilies } from "./exposition.ts";

/** How often the example is asked for what it has not shown yet. */
const rounds = 40;

/** What is told from the start of a stop on. */
const ofDrains = /^seaworthy_drain_/;

/**
 * What the orders example has shown on `/metrics`: under load, with a failure now and then, in a container with limits,
 * and, with a request in hand, while it drains. Ends as soon as it has shown the metrics that are wanted, with their
 * labels, and anyway after a number of rounds: what is missing then is for the caller to say.
 */
export async function shownByExample(t: Scope, wanted: Families): Promise<Families> {
  const shown: Families = new Map();
  const example = await startExample(t);
  const look = async (): Promise<string> => {
    const { body } = await ask(`${example.probes}/metrics`);
    addFamilies(shown, body);
    return body;
  };
  const isShown = ([name, labels]: readonly [string, ReadonlySet<string>]): boolean =>
    shown.has(name) && [...labels].every((label) => shown.get(name)?.has(label));
  const lookFor = async (isOfDrains: boolean, work: () => Promise<unknown>): Promise<void> => {
    const some = [...wanted].filter(([name]) => ofDrains.test(name) === isOfDrains);
    for (let round = 0; round < rounds && !some.every(isShown); round += 1) {
      await work();
      await look();
    }
  };

  await lookFor(false, () => placeOrders(example.app));
  void ask(`${example.app}/slow?ms=600000`).catch(() => undefined);
  while (!/^seaworthy_work_in_flight [1-9]/m.test(await look()));
  example.stop();
  await example.draining;
  await lookFor(true, () => Promise.resolve());
  return shown;
}

async function placeOrders(app: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  for (const item of ["rope", "trouble"]) {
    await ask(`${app}/orders`, { method: "POST", headers, body: JSON.stringify({ item }) });
  }
  await Promise.all(["/orders/1", "/orders/0", "/nowhere"].map((path) => ask(`${app}${path}`)));
}

interface Example {
  readonly app: string;
  readonly probes: string;
  stop(): void;
  /** Resolves when it has said that it drains. */
  readonly draining: Promise<unknown>;
}

async function startExample(t: Scope): Promise<Example> {
  const receiver = await startReceiver({ port: 0 });
  t.after(async () => {
    await receiver[Symbol.asyncDispose]();
  });
  for (const pipeline of ["traces", "metrics", "logs"] as const) {
    receiver.answerWith({ status: 400 }, { pipeline, times: 1 });
  }
  const service = startProcess(t, new URL("../../examples/express/server.ts", import.meta.url), {
    // Garbage is collected soon in a small heap, and so is seen to be.
    flags: ["--max-semi-space-size=1", "--import", new URL("fixtures/limited-container.mjs", import.meta.url).href],
    env: {
      PORT: "0",
      PAYMENTS_URL: await startPayments(t),
      OTEL_SDK_DISABLED: "false",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_BLRP_SCHEDULE_DELAY: "50",
      OTEL_METRIC_EXPORT_INTERVAL: "100",
      OTEL_METRIC_EXPORT_TIMEOUT: "100",
    },
  });
  const [, probes] = await service.until(/Probes are answered on \[::\]:(\d+)\./);
  const [, app] = await service.until(/listens on http:\/\/localhost:(\d+)/);
  await service.until(/Started after/);
  return {
    app: `http://localhost:${app}`,
    probes: `http://localhost:${probes}`,
    stop: () => service.kill("SIGTERM"),
    draining: service.until(/Draining: SIGTERM/),
  };
}

/** Takes every payment, but for trouble. */
async function startPayments(t: Scope): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => response.writeHead(body.includes("trouble") ? 500 : 204).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
