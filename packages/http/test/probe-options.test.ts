import assert from "node:assert/strict";
import { test } from "node:test";
import { SeaworthyError } from "@seaworthy/lifecycle";
import { type ProbeOptions, probeDefaults, resolveProbeOptions } from "../src/probe-options.ts";

function assertRefused(options: unknown, option: string): void {
  assert.throws(
    () => resolveProbeOptions(options as ProbeOptions),
    (error: unknown) => {
      assert.ok(error instanceof SeaworthyError, String(error));
      assert.equal(error.code, "ERR_SEAWORTHY_OPTION");
      assert.match(error.message, /^Expected .+, got .+\. [A-Z].+\.$/);
      assert.ok(error.message.includes(`\`${option}\``), error.message);
      return true;
    },
  );
}

test("without options the probes are where kube-apiserver has them, and withhold reasons", () => {
  assert.deepEqual(resolveProbeOptions(), probeDefaults);
  assert.deepEqual(resolveProbeOptions({}), {
    paths: { startup: "/startupz", liveness: "/livez", readiness: "/readyz" },
    showReasons: false,
    preStopPath: "/prestop",
    preStopToken: undefined,
  });
});

test("a path that is given takes the place of its default alone", () => {
  assert.deepEqual(resolveProbeOptions({ paths: { readiness: "/health/ready" }, showReasons: true }), {
    ...probeDefaults,
    paths: { startup: "/startupz", liveness: "/livez", readiness: "/health/ready" },
    showReasons: true,
  });
});

for (const path of ["/r", "/health/ready", "/~x/.well-known/ready", "/a-b_c.d"]) {
  test(`a probe can be at ${path}`, () => {
    assert.equal(resolveProbeOptions({ paths: { readiness: path } }).paths.readiness, path);
  });
}

for (const path of [
  "",
  "/",
  "ready",
  "/ready/",
  "/ready?x",
  "/ready#x",
  "/re ady",
  "/%72eady",
  "/ready\n",
  5,
  null,
  [],
]) {
  test(`a probe cannot be at ${JSON.stringify(path)}`, () => {
    assertRefused({ paths: { readiness: path } }, "paths.readiness");
    assertRefused({ paths: { liveness: path } }, "paths.liveness");
    assertRefused({ paths: { startup: path } }, "paths.startup");
  });
}

test("two probes cannot share a path", () => {
  assertRefused({ paths: { readiness: "/livez" } }, "paths");
  assertRefused({ paths: { startup: "/health", liveness: "/health" } }, "paths");
});

test("reasons are shown or not, and nothing between", () => {
  for (const showReasons of ["yes", 1, null]) assertRefused({ showReasons }, "showReasons");
});

test("a preStop hook can have another path, or none", () => {
  assert.equal(resolveProbeOptions({ preStopPath: "/leave" }).preStopPath, "/leave");
  assert.equal(resolveProbeOptions({ preStopPath: false }).preStopPath, false);
  for (const preStopPath of ["", "leave", "/", true, 5]) assertRefused({ preStopPath }, "preStopPath");
  for (const preStopPath of ["/livez", "/livez/prestop"]) assertRefused({ preStopPath }, "preStopPath");
});

test("a preStop token is long enough not to be guessed, fits a header, and is never shown", () => {
  const preStopToken = "0123456789abcdef";
  assert.equal(resolveProbeOptions({ preStopToken }).preStopToken, preStopToken);
  for (const token of ["", "short", "with a space in it", "x".repeat(513), "ümlaut-in-a-token", 5, null]) {
    assertRefused({ preStopToken: token }, "preStopToken");
  }
  assert.throws(
    () => resolveProbeOptions({ preStopToken: "my secret" }),
    (error: Error) => !error.message.includes("secret"),
  );
});
