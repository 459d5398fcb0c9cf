import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { test } from "node:test";
import { SeaworthyError } from "@seaworthy/lifecycle";
import { drainServers } from "../src/discovery.ts";
import { drainDefaults, resolveDrainOptions } from "../src/drain-options.ts";
import { startedService } from "./service.ts";

test("idle sockets linger a quarter of a second, and what is long-lived is kept for five, unless told otherwise", () => {
  assert.deepEqual(drainDefaults, { lingerMs: 250, longLivedMs: 5_000 });
  assert.deepEqual(resolveDrainOptions({}), drainDefaults);
});

for (const name of ["lingerMs", "longLivedMs"] as const) {
  test(`${name} may be 0, or as long as one likes`, () => {
    for (const ms of [0, Infinity]) assert.equal(resolveDrainOptions({ [name]: ms })[name], ms);
  });

  for (const ms of [-1, NaN, "250", null]) {
    test(`${name} cannot be ${String(ms)} (${typeof ms}), and nothing has begun when it is`, () => {
      const { lifecycle } = startedService();
      assert.throws(
        () => drainServers(lifecycle, { [name]: ms }),
        (error: unknown) => {
          assert.ok(error instanceof SeaworthyError);
          assert.equal(error.code, "ERR_SEAWORTHY_OPTION");
          assert.match(error.message, new RegExp(`^Expected the \`${name}\` option .+, got .+\\. [A-Z].+\\.$`));
          return true;
        },
      );
      assert.equal(channel("http.server.request.start").hasSubscribers, false);
      drainServers(lifecycle)[Symbol.dispose]();
    });
  }
}
