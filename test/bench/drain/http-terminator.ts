// Its README, "Usage". It has no delay of its own.

import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createHttpTerminator } from "http-terminator";
import { delayMs, listening, takeOrderOf } from "./order-service.ts";

const server = createServer((request, response) => void takeOrderOf(request).then((body) => response.end(body)));
const terminator = createHttpTerminator({ server });
process.once("SIGTERM", () => void setTimeout(delayMs).then(() => terminator.terminate()));
server.listen(0, "127.0.0.1", () => listening(server));
