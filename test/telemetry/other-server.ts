import { once } from "node:events";
import { type IncomingHttpHeaders, type RequestListener, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** A service that is called by the one under test. */
export interface OtherServer {
  readonly url: string;
  /** The headers of each request, by its method and path. */
  readonly heard: ReadonlyMap<string, IncomingHttpHeaders>;
}

/** Starts another service, which knows nothing of telemetry and answers `ok`. */
export async function openOther(
  t: TestContext,
  answer: RequestListener = (_, response) => response.end("ok"),
): Promise<OtherServer> {
  const heard = new Map<string, IncomingHttpHeaders>();
  const server = createServer((request, response) => {
    heard.set(`${request.method} ${request.url}`, request.headers);
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}
