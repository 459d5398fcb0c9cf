import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { start } from "seaworthy";

const svc = start({ name: "greeter" });

// Held back until its greetings are loaded: no traffic comes before.
const greetings = new Map<string, string>();
svc.startup("greetings", async ({ signal }) => {
  await sleep(500, undefined, { signal });
  greetings.set("en", "hello").set("de", "hallo").set("is", "halló");
});

const probes = svc.probes();
const server = createServer((request, response) => {
  probes(request, response, () => greet(request, response));
});

async function greet(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const greeting = greetings.get(pathname.slice(1));
  if (greeting === undefined) {
    response.writeHead(404).end("Ask for /en, /de or /is.\n");
    return;
  }
  try {
    await sleep(Number(searchParams.get("after") ?? 0), undefined, { signal: svc.work });
    response.end(`${greeting}\n`);
  } catch {
    response.writeHead(503).end("The service stops: ask again.\n");
  }
}

server.listen(Number(process.env["PORT"] ?? 8080), () => {
  svc.markStarted();
  const { port } = server.address() as AddressInfo;
  console.log(`The greeter listens on http://localhost:${port}. Try: curl 'localhost:${port}/is'`);
});
