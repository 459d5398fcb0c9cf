// Its README, "How to set Terminus up with Kubernetes?".

import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import terminus from "@godaddy/terminus";
import { delayMs, listening, takeOrderOf } from "./order-service.ts";

const server = createServer((request, response) => void takeOrderOf(request).then((body) => response.end(body)));
terminus.createTerminus(server, {
  healthChecks: { "/healthcheck": () => Promise.resolve() },
  beforeShutdown: () => setTimeout(delayMs),
  useExit0: true,
});
server.listen(0, "127.0.0.1", () => listening(server));
