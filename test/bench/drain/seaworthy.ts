import { createServer } from "node:http";
import { start } from "seaworthy";
import { delayMs, listening, takeOrderOf } from "./order-service.ts";

// With a delay: the default window, which finds out by itself how long to wait.
const svc = start({ name: "orders", ...(delayMs === 0 && { drainWindow: { minMs: 0, maxMs: 0, quietMs: 0 } }) });
const server = createServer((request, response) => void takeOrderOf(request).then((body) => response.end(body)));
server.listen(0, "127.0.0.1", () => {
  svc.markStarted();
  listening(server);
});
