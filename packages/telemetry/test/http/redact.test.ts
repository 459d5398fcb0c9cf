import assert from "node:assert/strict";
import { test } from "node:test";
import { redactQuery, redactUrl } from "../../src/http/redact.ts";

for (const [query, expected] of [
  ["a=1&b=2", "a=1&b=2"],
  ["sig=abc", "sig=REDACTED"],
  ["a=1&Signature=abc&b=2", "a=1&Signature=REDACTED&b=2"],
  [
    "AWSAccessKeyId=AKIA&X-Amz-Signature=f00&X-Amz-Credential=c&X-Amz-Security-Token=t",
    "AWSAccessKeyId=REDACTED&X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED&X-Amz-Security-Token=REDACTED",
  ],
  ["sig=a&sig=b", "sig=REDACTED&sig=REDACTED"],
  ["design=abc&SIG=abc&sig", "design=abc&SIG=abc&sig"],
  ["%73ig=abc&q=%20", "%73ig=REDACTED&q=%20"],
  ["%zz=1&sig=%41", "%zz=1&sig=REDACTED"],
  ["", ""],
] as const) {
  test(`the query ${JSON.stringify(query)} is told as ${JSON.stringify(expected)}`, () => {
    assert.equal(redactQuery(query), expected);
  });
}

for (const [url, expected] of [
  ["https://example.com/a?b=c#d", "https://example.com/a?b=c#d"],
  ["https://user:secret@example.com/a", "https://REDACTED:REDACTED@example.com/a"],
  ["https://user:p@ss@example.com", "https://REDACTED:REDACTED@example.com"],
  ["https://example.com/a?sig=x#top", "https://example.com/a?sig=REDACTED#top"],
  ["https://example.com/@me?to=a@b.c", "https://example.com/@me?to=a@b.c"],
] as const) {
  test(`the URL ${url} is told as ${expected}`, () => {
    assert.equal(redactUrl(url), expected);
  });
}

test("a long URL is read in a time that grows with its length only", () => {
  const url = `https://${"@".repeat(50_000)}/`;
  assert.equal(redactUrl(url), "https://REDACTED:REDACTED@/");
  const open = `https://${"a@".repeat(25_000)}`;
  assert.ok(redactUrl(open).startsWith("https://REDACTED:REDACTED@"));
});
