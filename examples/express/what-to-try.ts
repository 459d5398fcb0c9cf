import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Service } from "seaworthy";

/** Prints where the service listens and what to try there. */
export async function tellWhatToTry(server: Server, svc: Service): Promise<void> {
  const probes = await svc.whenProbesListen;
  await svc.whenStarted;
  const app = `localhost:${(server.address() as AddressInfo).port}`;
  const ready = probes ? `localhost:${probes.port}` : app;
  // For a reader at the terminal. What goes through console is a log record, and sent.
  process.stdout.write(`
  The orders service listens on http://${app}, and answers probes on http://${ready}. In another terminal:

    curl -d '{"item":"rope"}' -H 'content-type: application/json' '${app}/orders'
    curl -d '{"item":"gold"}' -H 'content-type: application/json' '${app}/orders'
    curl '${ready}/metrics'
    curl '${ready}/readyz?verbose'
    curl '${ready}/livez'
    curl -N '${app}/orders'
    curl '${app}/slow?ms=3000'

  Press Ctrl-C here while the last one waits: it still gets its answer, and the last lines here tell of it.

`);
}
