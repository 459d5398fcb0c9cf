import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../harness/ask.ts";
import { openReceiver, startService, toldBy, whenStarted } from "./service.ts";

describe("telemetry that is turned off when seaworthy/register has armed libraries", () => {
  for (const [how, title] of [
    ["code", "in code"],
    ["later", "in the environment, which the application has read from a file"],
  ] as const) {
    test(`${title}, takes the hook and every patch out again, and says nothing`, async (t) => {
      const receiver = await openReceiver(t);
      const service = startService(t, "turned-off.mjs", receiver.url, {
        args: [how],
        flags: ["--import", "seaworthy/register"],
      });
      const { app } = await whenStarted(service);
      assert.match(service.stdout(), /^hooked true, then false$/m);
      assert.equal((await ask(app)).body, "0");
      service.kill("SIGTERM");
      assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
      assert.deepEqual([receiver.spans(), receiver.logs()], [[], []]);
      assert.deepEqual(toldBy(service), []);
    });
  }
});
