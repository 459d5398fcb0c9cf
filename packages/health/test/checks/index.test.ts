import assert from "node:assert/strict";
import { test } from "node:test";
import * as checks from "@seaworthy/health/checks";

test("the ready-made checks are these, and no others", () => {
  assert.deepEqual(Object.keys(checks), [
    "diskSpace",
    "dns",
    "eventLoopDelay",
    "eventLoopUtilization",
    "http",
    "memory",
    "ping",
    "tcp",
  ]);
  assert.deepEqual(Object.keys(checks.ping), [
    "amqplib",
    "ioredis",
    "kafkajs",
    "mongodb",
    "mysql2",
    "pg",
    "prisma",
    "redis",
  ]);
});
