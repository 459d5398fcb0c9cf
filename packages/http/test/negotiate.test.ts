import assert from "node:assert/strict";
import { test } from "node:test";
import { type ReportForm, mediaTypes, negotiate } from "../src/negotiate.ts";

const wishes: readonly (readonly [accept: string, form: ReportForm])[] = [
  ["*/*", "text"],
  ["text/plain", "text"],
  ["text/*", "text"],
  ["application/json", "json"],
  ["application/*", "json"],
  ["application/health+json", "health-json"],
  ["APPLICATION/Health+JSON", "health-json"],
  ["application/json; charset=utf-8", "json"],
  ["application/json;q=0.5", "json"],
  ["text/plain;q=0.5, application/json", "json"],
  ["application/json;q=0.4, application/health+json;q=0.5", "health-json"],
  ["application/json ; Q=0.4 , application/health+json ; q=0.5", "health-json"],
  ["application/health+json, application/json;q=0.9, */*;q=0.8", "health-json"],
  ["*/*, application/json", "json"],
  ["application/*, application/health+json", "health-json"],
  ["application/json;q=0.1, */*", "text"],
  ["application/json;q=0, text/plain;q=0.1", "text"],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text"],
  ["text/html", "text"],
  ["image/*", "text"],
  ["", "text"],
  [",,;,", "text"],
  [";q=1", "text"],
  ["application/json;q=", "text"],
  ["application/json;q=abc", "text"],
  ["application/json;q=-1", "text"],
  ["application/json;q=NaN", "text"],
  ["constructor", "text"],
  ["__proto__", "text"],
  ["toString, valueOf, hasOwnProperty", "text"],
  ["constructor, application/json;q=0.1", "json"],
];

for (const [accept, form] of wishes) {
  test(`an asker that accepts "${accept}" gets ${form}`, () => {
    assert.equal(negotiate(accept), form);
  });
}

test("an asker without a wish gets text", () => {
  assert.equal(negotiate(undefined), "text");
});

test("of wishes of one weight the first is granted", () => {
  assert.equal(negotiate("application/json, application/health+json"), "json");
  assert.equal(negotiate("application/health+json, application/json"), "health-json");
});

test("of a very long list the beginning is read", () => {
  assert.equal(negotiate(`${"image/png, ".repeat(1_000)}application/json`), "text");
});

test("every form has its media type", () => {
  assert.deepEqual(mediaTypes, {
    text: "text/plain; charset=utf-8",
    json: "application/json",
    "health-json": "application/health+json",
  });
});
