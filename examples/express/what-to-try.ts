import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Service } from "seaworthy";

/** Prints where the service listens and what to try there. */
export async function tellWhatToTry(server: Server, svc: Service): Promise<void> {
  const probes = await svc.whenProbesListen;
  await svc.whenStarted;
  const app = `localhost:${(server.address() as AddressInfo).port}`;
  const ready = probes ? `localhost:${probes.port}` : app;
  console.log(`
  The orders service listens on http://${app}, and answers probes on http://${ready}. In another terminal:

    curl '${ready}/readyz?verbose'
    curl '${ready}/livez'
    curl -d '{"item":"rope"}' -H 'content-type: application/json' '${app}/orders'
    curl -N '${app}/orders'
    curl '${app}/slow?ms=3000'

  Press Ctrl-C here while the last one waits: it still gets its answer, and the last line here tells of it.
`);
}
