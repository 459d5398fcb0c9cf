import assert from "node:assert/strict";
import { test } from "node:test";
import { type DnsOptions, dns, dnsFrom } from "../../src/checks/dns.ts";
import { assertRefused } from "./options.ts";
import { failureOf, failureWhenAborted, run } from "./run.ts";
import { fewTurns } from "./until.ts";

test("a name that resolves passes, as connections resolve it: /etc/hosts counts", async () => {
  await run(dns({ hostname: "localhost" }));
  await run(dns({ hostname: "localhost", family: 4 }));
});

test("a name that does not resolve fails the check and is named", async () => {
  const hostname = "nowhere.invalid";
  const error = await failureOf(dns({ hostname }));
  assert.match(error.message, /^Looking up an address of nowhere\.invalid failed: getaddrinfo E\w+ nowhere\.invalid$/);
});

test("the family is asked for, and named in a failure", async () => {
  const asked: unknown[] = [];
  const find = (...question: unknown[]) => {
    asked.push(question);
    return Promise.reject(new Error("none"));
  };
  const error = await failureOf(dnsFrom(find, { hostname: "db", family: 6 }));
  assert.equal(error.message, "Looking up an IPv6 address of db failed: none");
  assert.deepEqual(asked, [["db", 6]]);
});

test("a lookup that hangs is asked once, and the check stops waiting when its signal aborts", async () => {
  let asked = 0;
  const hung = () => {
    asked += 1;
    return new Promise<never>(() => undefined);
  };
  const check = dnsFrom(hung, { hostname: "db" });
  await failureWhenAborted(check, fewTurns);
  await failureWhenAborted(check, fewTurns);
  assert.equal(asked, 1);
});

test("options of the wrong type or range are refused", () => {
  const build = (options: object) => () => dns(options as DnsOptions);
  for (const hostname of [undefined, "", 1, "https://db"]) assertRefused(build({ hostname }), "`hostname`");
  for (const family of [5, "IPv4", null]) assertRefused(build({ hostname: "db", family }), "`family`");
  assertRefused(() => dns("db" as never), "dns()");
});
