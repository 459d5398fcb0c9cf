import { createServer } from "node:http";
import { createLightship } from "lightship";
import { answer, portOf, ready } from "./app.mjs";

const lightship = await createLightship({ detectKubernetes: false, port: 0 });
const server = createServer(answer);
lightship.registerShutdownHandler(() => void server.close());
server.listen(0, "127.0.0.1", () => {
  lightship.signalReady();
  ready({ app: portOf(server), probes: portOf(lightship.server), path: "/live" });
});
