import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { http } from "../../src/checks/http.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { assertLetGo, failureOf, run } from "./run.ts";
import { type WebServer, serveHttp } from "./wire/http.ts";

let certificate: Certificate;
let server: WebServer;

before(async () => {
  certificate = makeCertificate();
  server = await serveHttp((_request, response) => void response.end("ok"), certificate);
});

after(() => server[Symbol.asyncDispose]());

test("a certificate that nobody vouches for fails the check", async () => {
  const { signal } = new AbortController();
  const error = await failureOf(http({ url: server.url }), signal);
  assert.ok(error.message.startsWith(`GET ${server.url}/ failed: self-signed certificate`), error.message);
  assertLetGo(signal);
});

test("an authority of one's own is trusted by the ca option", async () => {
  await run(http({ url: server.url, tls: { ca: certificate.cert } }));
});

test("rejectUnauthorized false asks for no certificate", async () => {
  await run(http({ url: server.url, tls: { rejectUnauthorized: false } }));
});

test("a certificate for another name fails the check", async () => {
  const tls = { ca: certificate.cert, servername: "db.example" };
  const error = await failureOf(http({ url: server.url, tls }));
  assert.match(error.message, /Hostname\/IP does not match certificate's altnames/);
});

test("every run makes a handshake of its own, so that a new certificate is seen", async () => {
  const seen = server.connections.length;
  const check = http({ url: server.url, tls: { ca: certificate.cert } });
  for (let count = 0; count < 3; count += 1) await run(check);
  assert.deepEqual(server.resumed.slice(seen), [false, false, false]);
});
