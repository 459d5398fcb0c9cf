import { createServer } from "node:http";
import terminus from "@godaddy/terminus";
import { answer, portOf, ready } from "./app.mjs";

const server = createServer(answer);
terminus.createTerminus(server, { healthChecks: { "/healthcheck": () => Promise.resolve() }, useExit0: true });
server.listen(0, "127.0.0.1", () => {
  ready({ app: portOf(server), probes: portOf(server), path: "/healthcheck" });
});
