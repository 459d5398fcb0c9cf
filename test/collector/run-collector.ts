import { randomInt } from "node:crypto";
import { type AddressInfo, type Server, createServer } from "node:net";
import { ask } from "../harness/ask.ts";
import { type Ending, type RunningProcess, startProcess } from "../harness/process.ts";
import type { Scope } from "../harness/scope.ts";

/** How a Collector is started. */
export interface CollectorOptions {
  /** What its configuration reads. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings over those of the files, as maps, each over the one before. */
  readonly settings?: readonly Settings[];
}

export interface Settings {
  readonly [name: string]: unknown;
}

/** A Collector that is ready. */
export interface RunningCollector {
  /** Where it takes OTLP over HTTP: what `OTEL_EXPORTER_OTLP_ENDPOINT` takes. */
  readonly url: string;
  /** Where it takes OTLP over gRPC, `host:port`. */
  readonly grpc: string;
  readonly process: RunningProcess;
  /** The sum of one of its own metrics, over all attributes or those that match; 0 when it is not there. */
  metric(name: string, labels?: RegExp): Promise<number>;
  /** Its log, line by line. */
  log(): readonly LogLine[];
  /** Sends SIGTERM and waits for its end. */
  stop(): Promise<Ending>;
  /** Sends SIGKILL and waits for its end. */
  kill(): Promise<Ending>;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
}

/** Where a Collector listens. */
export interface Ports {
  readonly http: number;
  readonly grpc: number;
  readonly health: number;
  readonly metrics: number;
}

/** Below the ports that the system hands out by itself: there, any connection of this machine could take one meanwhile. */
const lowest = 20_000;
const span = 12_000;

/** Ports that were free a moment ago, all different. */
export async function freePorts(): Promise<Ports> {
  const servers: Server[] = [];
  while (servers.length < 4) servers.push(...(await listenAt(lowest + randomInt(span))));
  const [http = 0, grpc = 0, health = 0, metrics = 0] = await Promise.all(servers.map(close));
  return { http, grpc, health, metrics };
}

const listenAt = (port: number): Promise<Server[]> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve([]));
    server.listen(port, "127.0.0.1", () => resolve([server]));
  });

const close = (server: Server): Promise<number> => {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve) => server.close(() => resolve(port)));
};

/** The settings that move a Collector to these ports of this machine. */
export const listeningAt = ({ http, grpc, health, metrics }: Ports): Settings => ({
  extensions: {
    health_check: { endpoint: `127.0.0.1:${health}` },
  },
  receivers: {
    otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` }, grpc: { endpoint: `127.0.0.1:${grpc}` } } },
  },
  service: {
    telemetry: {
      metrics: { readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port: metrics } } } }] },
    },
  },
});

/** The arguments that give a Collector files and settings, each over what stands before it. */
export const configArguments = (files: readonly string[], settings: readonly Settings[] = []): string[] =>
  [...files, ...settings.map((one) => `yaml:${JSON.stringify(one)}`)].flatMap((source) => ["--config", source]);

/** Starts a Collector with checked-in files on free ports, and waits until it is ready. Kills it after its scope. */
export async function startCollector(
  scope: Scope,
  otelcol: string,
  files: readonly string[],
  options: CollectorOptions = {},
  ports?: Ports,
): Promise<RunningCollector> {
  for (let attempt = 1; ; attempt += 1) {
    const place = ports ?? (await freePorts());
    const settings = [listeningAt(place), ...(options.settings ?? [])];
    const running = startProcess(scope, new URL("otelcol:"), {
      command: [otelcol, ...configArguments(files, settings)],
      ...(options.env && { env: options.env }),
    });
    try {
      await running.until(/Everything is ready\./);
      await ready(`http://127.0.0.1:${place.health}/`);
      await ready(`http://127.0.0.1:${place.metrics}/metrics`);
      return collectorAt(place, running);
    } catch (error) {
      // Somebody else took the port meanwhile.
      if (attempt === 3 || !running.stderr().includes("address already in use")) throw error;
    }
  }
}

async function ready(url: string): Promise<void> {
  const { status } = await ask(url);
  if (status !== 200) throw new Error(`Expected ${url} to answer 200, got ${status}.`);
}

function collectorAt(ports: Ports, running: RunningProcess): RunningCollector {
  const end = (osSignal: NodeJS.Signals): Promise<Ending> => {
    running.kill(osSignal);
    return running.ended;
  };
  return {
    url: `http://127.0.0.1:${ports.http}`,
    grpc: `127.0.0.1:${ports.grpc}`,
    process: running,
    async metric(name, labels = /(?:)/) {
      const { body: page } = await ask(`http://127.0.0.1:${ports.metrics}/metrics`);
      const series = page.matchAll(new RegExp(`^${name}(?:_total)?(\\{.*\\})? (\\S+)$`, "gm"));
      return [...series].reduce((sum, [, found = "", value]) => (labels.test(found) ? sum + Number(value) : sum), 0);
    },
    log: () => running.log() as unknown as readonly LogLine[],
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}
