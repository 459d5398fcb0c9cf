// Another team's service, as far as an order needs it: it takes its time, and refuses to pay for gold.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

const server = createServer((request, response) => {
  Promise.all([json(request), sleep(10)]).then(
    ([body]) => response.writeHead((body as { item?: unknown }).item === "gold" ? 402 : 204).end(),
    () => response.writeHead(400).end(),
  );
});

server.listen(Number(process.env["PAYMENTS_PORT"] ?? 0), () => {
  const { port } = server.address() as AddressInfo;
  console.log(`The payment service listens on http://localhost:${port}`);
});
