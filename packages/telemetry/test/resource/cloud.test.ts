import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import type { TelemetryNotice } from "../../src/channels.ts";
import { type CloudDetector, choiceOf } from "../../src/resource/choice.ts";
import { type CloudParts, askClouds, loadFrom } from "../../src/resource/cloud.ts";

/** A package of upstream's shape: an instance of a detector, and its class. */
function packageOf(attributes: () => Record<string, unknown>): object {
  class CloudDetectorOfPackage {
    detect(): { attributes: Record<string, unknown> } {
      return { attributes: attributes() };
    }
  }
  return { CloudDetectorOfPackage, cloudDetector: new CloudDetectorOfPackage(), version: "1" };
}

interface Asked {
  readonly answer: ReturnType<typeof askClouds>;
  readonly told: TelemetryNotice[];
  readonly clock: ReturnType<typeof createManualClock>;
}

function askAll(load: CloudParts["load"], clouds: readonly CloudDetector[] = ["gcp"]): Asked {
  const told: TelemetryNotice[] = [];
  const clock = createManualClock();
  return { answer: askClouds({ clouds, load, clock, tell: (notice) => told.push(notice) }), told, clock };
}

test("no cloud is asked unless it is named", () => {
  for (const names of [undefined, ["all"], ["none"], ["host", "k8s"]]) assert.deepEqual(choiceOf(names).clouds, []);
  assert.deepEqual(choiceOf(["all", "gcp", "aws"]).clouds, ["aws", "gcp"]);
  assert.equal(askAll(() => assert.fail("loaded"), []).answer, undefined);
});

describe("a cloud that is asked", () => {
  test("answers what it knows, and what it does not is left out", async () => {
    const found = {
      "cloud.provider": "gcp",
      "cloud.region": Promise.resolve("eu"),
      "faas.name": Promise.resolve(undefined),
      "host.id": Promise.reject(new Error("404")),
      "host.name": "",
    };
    const { answer, told, clock } = askAll(() => packageOf(() => found));
    assert.deepEqual(await answer, { "cloud.provider": "gcp", "cloud.region": "eu" });
    assert.deepEqual(told, []);
    assert.equal(clock.waiting(), 0);
  });

  test("that is silent is left after its time, with what it had said", async () => {
    const found = { "cloud.provider": "gcp", "cloud.region": new Promise(() => {}) };
    const { answer, clock } = askAll(() => packageOf(() => found));
    await clock.advance(4_999);
    assert.equal(clock.waiting(), 1);
    await clock.advance(1);
    assert.deepEqual(await answer, { "cloud.provider": "gcp" });
  });

  test("whose detector throws is told, and costs nobody else", async () => {
    const { answer, told } = askAll(
      (specifier) =>
        packageOf(() => {
          if (specifier.endsWith("aws")) throw new Error("no metadata");
          return { "cloud.provider": "gcp" };
        }),
      ["aws", "gcp"],
    );
    assert.deepEqual(await answer, { "cloud.provider": "gcp" });
    assert.deepEqual(
      told.map(({ message }) => message),
      ["The detector of aws failed: Error: no metadata."],
    );
  });
});

describe("the package for a cloud", () => {
  test("is the one that the application has installed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "seaworthy-cloud-"));
    try {
      const installed = join(folder, "node_modules/@opentelemetry/resource-detector-gcp");
      mkdirSync(installed, { recursive: true });
      const code = 'exports.gcpDetector = { detect: () => ({ attributes: { "cloud.provider": "gcp" } }) };';
      writeFileSync(join(installed, "index.js"), code);
      assert.deepEqual(await askAll(loadFrom(folder)).answer, { "cloud.provider": "gcp" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("is told, with the line to run, when it is not installed", () => {
    const { answer, told } = askAll(loadFrom(tmpdir()));
    assert.equal(answer, undefined);
    assert.match(told[0]?.message ?? "", /Run: npm install @opentelemetry\/resource-detector-gcp$/);
  });

  test("is told when it cannot be loaded", () => {
    const { answer, told } = askAll(() => {
      throw new Error("broken");
    });
    assert.equal(answer, undefined);
    assert.match(told[0]?.message ?? "", /cannot be loaded: Error: broken\. /);
  });
});
