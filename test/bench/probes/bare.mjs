import { createServer } from "node:http";
import { answer, portOf, ready } from "./app.mjs";

const server = createServer(answer);
server.listen(0, "127.0.0.1", () => ready({ app: portOf(server), probes: portOf(server), path: "/" }));
