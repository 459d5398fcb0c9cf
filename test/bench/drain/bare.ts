import { createServer } from "node:http";
import { delayMs, listening, takeOrderOf } from "./order-service.ts";

const server = createServer((request, response) => void takeOrderOf(request).then((body) => response.end(body)));
process.once("SIGTERM", () => void setTimeout(() => server.close(), delayMs));
server.listen(0, "127.0.0.1", () => listening(server));
