import { createServer } from "node:http";
import { start } from "seaworthy";
import { answer, portOf, ready } from "./app.mjs";

const svc = start({ name: "orders" });
const server = createServer(answer);
server.listen(0, "127.0.0.1", svc.markStarted);
await svc.whenStarted;
const address = await svc.whenProbesListen;
ready({ app: portOf(server), probes: address?.port ?? 0, path: "/livez" });
