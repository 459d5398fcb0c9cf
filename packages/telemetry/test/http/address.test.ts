import assert from "node:assert/strict";
import { test } from "node:test";
import { type ForwardingHeaders, addressIn, parseAddress, readForwarded } from "../../src/http/address.ts";

for (const [text, host, port] of [
  ["example.com", "example.com", undefined],
  ["example.com:8080", "example.com", 8080],
  ["[::1]", "::1", undefined],
  ["[::1]:8080", "::1", 8080],
  ["::1", "::1", undefined],
  ["example.com:", "example.com", undefined],
  ["example.com:http", "example.com", undefined],
] as const) {
  test(`${text} is the host ${host} ${port ? `at port ${port}` : "without a port"}`, () => {
    assert.deepEqual(parseAddress(text), { host, port });
  });
}

for (const [url, host, port] of [
  ["http://example.com", "example.com", 80],
  ["https://example.com/a?b=http://other:1#c", "example.com", 443],
  ["HTTP://example.com?b", "example.com", 80],
  ["http://user:pass@word@example.com:8080/@", "example.com", 8080],
  ["https://[::1]:8443/", "::1", 8443],
] as const) {
  test(`${url} is at the host ${host} and port ${port}`, () => {
    assert.deepEqual(addressIn(url), { host, port });
  });
}

const cases: Readonly<Record<string, [ForwardingHeaders, ReturnType<typeof readForwarded>]>> = {
  "no header": [{}, undefined],
  "the first address of several": [
    { "x-forwarded-for": "203.0.113.9, 10.0.0.1" },
    { client: "203.0.113.9", host: undefined, scheme: undefined },
  ],
  "an address with a port": [
    { "x-forwarded-for": "203.0.113.9:4711", "x-forwarded-proto": "https,http" },
    { client: "203.0.113.9", host: undefined, scheme: "https" },
  ],
  "the standard header, before the others": [
    {
      forwarded: 'for="[2001:db8::1]:4711";proto=https;host="shop.example:8443", for=10.0.0.1',
      "x-forwarded-for": "1.1.1.1",
    },
    { client: "2001:db8::1", host: "shop.example:8443", scheme: "https" },
  ],
  "names in capitals": [
    { forwarded: "For=203.0.113.9;Proto=http" },
    { client: "203.0.113.9", host: undefined, scheme: "http" },
  ],
  "what is not readable": [{ forwarded: ";;=," }, { client: undefined, host: undefined, scheme: undefined }],
};
for (const [name, [headers, expected]] of Object.entries(cases)) {
  test(`of a proxy, ${name} is read`, () => assert.deepEqual(readForwarded(headers), expected));
}

test("a long header is read in a time that grows with its length only", () => {
  for (const text of ["a", 'for="', 'a="\\', "for=", "a "]) {
    const forwarded = text.repeat(1_000_000 / text.length);
    assert.equal(readForwarded({ forwarded })?.host, undefined);
  }
});
