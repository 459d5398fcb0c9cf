import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openReceiver, startService, toldBy, whenStarted } from "./service.ts";

/** What may say the name of a service whose code does not, and the name that wins. */
const names: readonly (readonly [title: string, env: Readonly<Record<string, string>>, name: string])[] = [
  ["package.json", {}, "test"],
  ["OTEL_RESOURCE_ATTRIBUTES", { OTEL_RESOURCE_ATTRIBUTES: "service.name=quay" }, "quay"],
  ["OTEL_SERVICE_NAME", { OTEL_RESOURCE_ATTRIBUTES: "service.name=quay", OTEL_SERVICE_NAME: "pier" }, "pier"],
  ["OTEL_SERVICE_NAME, without the quotes around it", { OTEL_SERVICE_NAME: '"pier"' }, "pier"],
  ["package.json, where OTEL_SERVICE_NAME was not filled in", { OTEL_SERVICE_NAME: "$(APP_NAME)" }, "test"],
];

/** What OTEL_SERVICE_NAME says where telemetry is off, and what the log then has. */
const namesInTheLog: readonly (readonly [text: string, name: string])[] = [
  ["pier", "pier"],
  ['"pier"', "pier"],
  ["' pier '", "pier"],
  ['""', "unknown_service:node"],
  ["$(APP_NAME)", "unknown_service:node"],
];

describe("a service that its code does not name goes by one name in its log and in its telemetry", () => {
  for (const [title, env, name] of names) {
    test(`that of ${title}`, async (t) => {
      const receiver = await openReceiver(t);
      const service = startService(t, "bare.mjs", receiver.url, { env });
      await whenStarted(service);
      service.kill("SIGTERM");
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
      assert.deepEqual([...new Set(service.log().map((line) => line["service"]))], [name]);
      assert.match(service.stderr(), new RegExp(`looks after ${name}: `));
      assert.match(toldBy(service, "start")[0]?.msg ?? "", new RegExp(`^Telemetry of ${name}\\b`));
      const sent = receiver.metrics().map(({ resource }) => resource["service.name"]);
      assert.deepEqual([...new Set(sent)], [name]);
    });
  }
});

describe("where telemetry is off, the log reads OTEL_SERVICE_NAME as telemetry does", () => {
  for (const [text, name] of namesInTheLog) {
    test(text, async (t) => {
      const env = { OTEL_SDK_DISABLED: "true", OTEL_SERVICE_NAME: text };
      const service = startService(t, "bare.mjs", undefined, { env });
      await service.until(/looks after/);
      assert.equal(service.log()[0]?.["service"], name);
    });
  }
});
