// Its README: `preShutdown` runs while "all HTTP sockets are still available and untouched".

import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import gracefulShutdown from "http-graceful-shutdown";
import { delayMs, listening, takeOrderOf } from "./order-service.ts";

const server = createServer((request, response) => void takeOrderOf(request).then((body) => response.end(body)));
gracefulShutdown(server, { preShutdown: () => setTimeout(delayMs) });
server.listen(0, "127.0.0.1", () => listening(server));
