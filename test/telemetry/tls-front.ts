import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";
import type { Receiver } from "@seaworthy/otlp-receiver";
import { selfSignedCertificate } from "../drain/certificate.ts";

/** TLS in front of a receiver. */
export interface TlsFront {
  readonly url: string;
  /** The file of the certificate, which nobody else has signed. */
  readonly certificate: string;
}

/** Starts TLS on a free port, and hands on to a receiver what comes. */
export async function openTlsFront(t: TestContext, receiver: Receiver): Promise<TlsFront> {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-tls-"));
  const certificate = join(folder, "cert.pem");
  const { key, cert } = selfSignedCertificate();
  writeFileSync(certificate, cert);

  const handOn = async ({ url, headers }: IncomingMessage, body: Buffer): Promise<Response> =>
    fetch(`${receiver.url}${url}`, {
      method: "POST",
      headers: { "content-type": String(headers["content-type"]) },
      body: new Uint8Array(body),
    });
  const server = createServer({ key, cert }, (request, response) => {
    void buffer(request)
      .then((body) => handOn(request, body))
      .then(async (answer) => response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer())));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, certificate };
}
