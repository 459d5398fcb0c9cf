import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { earlierMajors, installEarlier } from "./fixtures/earlier-majors.ts";
import { areRecordedOnce } from "./fixtures/recorded-once.ts";
import { programs, run } from "./fixtures/run.ts";

const recent = installEarlier(earlierMajors.filter((alias) => alias !== "redis-4"));
const redis4 = installEarlier(["redis-4"]);
const redis = { short: "redis", spans: ["redis-connect", "redis-SET"] };

const runs = [
  ...(["is imported", "is required", "was loaded before"] as const).map((way) =>
    areRecordedOnce(
      "an earlier major of a library",
      way,
      {
        redis: { ...redis, major: "5" },
        ioredis: { short: "ioredis", spans: ["connect", "client", "client", "get"], major: "5" },
        mongodb: { short: "mongodb", spans: ["find things", "endSessions $cmd"], major: "6" },
        mongoose: { short: "mongoose", spans: ["findOne things"], major: "8" },
        pino: { short: "pino", logs: ["logged"], major: "9" },
      },
      recent.folder,
    ),
  ),
  // What does the work in it is `@redis/client` 1.
  ...(["is imported", "is required"] as const).map((way) =>
    areRecordedOnce("redis 4", way, { redis: { ...redis, major: "1" } }, redis4.folder),
  ),
];
const late = run(programs.armsLate(["redis"]), { isPreloaded: false, folder: redis4.folder });

after(async () => {
  await Promise.allSettled([...runs, late]);
  for (const installed of [recent, redis4]) installed[Symbol.dispose]();
});

describe("redis 4 that was loaded before", () => {
  it("makes no spans of commands, and is said", async () => {
    const { outcome } = await late;
    const names = outcome.recorded["redis"]?.spans.map(({ name }) => name);
    assert.deepEqual(names, ["redis-connect"]);
    assert.equal(outcome.list.find(({ library }) => library === "redis")?.state, "loaded before");
    assert.equal(outcome.notices.length, 1);
    assert.match(outcome.notices[0]?.message ?? "", /^redis was loaded before.*--import seaworthy\/register/);
  });
});
