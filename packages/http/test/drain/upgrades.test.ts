import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { type Server, createServer } from "node:http";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { trackUpgrades } from "../../src/drain/upgrades.ts";

const counts = (server: Server): readonly number[] =>
  ["upgrade", "connect", "newListener", "removeListener"].map((name) => server.listenerCount(name));

const request = { httpVersionMajor: 1 };
const noop = (): void => {};

describe("upgrades", () => {
  test("are listened for only while the application listens for them", () => {
    const server = createServer();
    const upgrades = trackUpgrades(server, noop);
    assert.deepEqual(counts(server), [0, 0, 1, 1]);
    server.on("upgrade", noop).once("connect", noop);
    assert.deepEqual(counts(server), [2, 2, 1, 1]);
    server.off("upgrade", noop).off("connect", noop);
    assert.deepEqual(counts(server), [0, 0, 1, 1]);
    server.prependListener("upgrade", noop);
    server.on("upgrade", noop);
    server.removeAllListeners("upgrade");
    assert.deepEqual(counts(server), [0, 0, 1, 1]);
    upgrades[Symbol.dispose]();
    assert.deepEqual(counts(server), [0, 0, 0, 0]);
  });

  test("leave every listener count as it was, whatever came and went", () => {
    for (const before of [0, 1, 2]) {
      const server = createServer();
      for (let count = 0; count < before; count += 1) server.on("upgrade", noop);
      const upgrades = trackUpgrades(server, noop);
      assert.equal(server.listenerCount("upgrade"), before === 0 ? 0 : before + 1);
      server.on("upgrade", noop);
      upgrades[Symbol.dispose]();
      assert.deepEqual(counts(server), [before + 1, 0, 0, 0]);
    }
  });

  test("are heard of before the application's listener, also when that listens once", () => {
    const server = createServer();
    const order: string[] = [];
    const upgrades = trackUpgrades(server, () => order.push("ours"));
    server.once("upgrade", () => order.push("theirs"));
    server.emit("upgrade", request, new PassThrough(), Buffer.alloc(0));
    assert.deepEqual(order, ["ours", "theirs"]);
    assert.equal(server.listenerCount("upgrade"), 0);
    assert.equal(server.emit("upgrade", request, new PassThrough()), false);
    upgrades[Symbol.dispose]();
  });

  test("of HTTP/2 are no sockets", () => {
    const server = new EventEmitter() as Server;
    trackUpgrades(server, () => assert.fail("heard of"));
    server.on("connect", noop);
    server.emit("connect", { httpVersionMajor: 2 }, {});
  });
});
