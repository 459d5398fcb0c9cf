// Its README, "Using with Express.js", and `shutdownDelay`.

import { createServer } from "node:http";
import { createLightship } from "lightship";
import { delayMs, listening, takeOrderOf } from "./order-service.ts";

const lightship = await createLightship({ detectKubernetes: false, port: 0, shutdownDelay: delayMs });
const server = createServer((request, response) => void takeOrderOf(request).then((body) => response.end(body)));
lightship.registerShutdownHandler(() => void server.close());
server.listen(0, "127.0.0.1", () => {
  lightship.signalReady();
  listening(server);
});
