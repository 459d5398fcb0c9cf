import assert from "node:assert/strict";
import { test } from "node:test";
import { type HttpOptions, http } from "../../src/checks/http.ts";
import { assertRefused } from "./options.ts";

const url = "http://127.0.0.1/";
const build = (options: object) => () => http(options as HttpOptions);

test("a URL other than of http and https is refused, and not repeated, as it may hold a password", () => {
  for (const wrong of [undefined, 1, "", "/healthz", "localhost:8080/healthz", new URL("ftp://host/")]) {
    assertRefused(build({ url: wrong }), "`url`");
  }
  assert.throws(build({ url: "postgres://user:secret@db/" }), (error: Error) => {
    return error.message.includes("a URL with the scheme postgres:") && !error.message.includes("secret");
  });
});

test("an unknown method is refused", () => {
  for (const method of ["get", "FETCH", "CONNECT", "", 1]) assertRefused(build({ url, method }), "`method`");
});

test("headers that HTTP cannot carry are refused, and their values are not repeated", () => {
  const wrong = [{ "a b": "c" }, { a: "b\nc" }, { a: undefined }, null, "a: b"];
  for (const headers of wrong) assertRefused(build({ url, headers }), "`headers`");
  assert.throws(build({ url, headers: { authorization: "Bearer\nsecret" } }), (error: Error) => {
    return error.message.includes("authorization") && !error.message.includes("secret");
  });
});

test("a status that cannot come is refused", () => {
  for (const expectStatus of [100, 600, 200.5, "200", [], [200, "204"], null, {}]) {
    assertRefused(build({ url, expectStatus }), "`expectStatus`");
  }
});

test("TLS options that cannot work are refused, and so are any for http", () => {
  assertRefused(build({ url, tls: { rejectUnauthorized: false } }), "`tls`");
  for (const tls of [null, "ca", { cert: "not PEM" }, { minVersion: "TLSv9" }]) {
    assertRefused(build({ url: "https://127.0.0.1/", tls }), "`tls`");
  }
});

test("no options at all are refused", () => {
  assertRefused(() => http(undefined as never), "http()");
  assertRefused(() => http(url as never), "http()");
});
