import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { instanceIdOf } from "../../src/resource/instance-id.ts";
import { processSurroundings } from "../../src/resource/surroundings.ts";
import { surroundingsOf } from "./fixture.ts";

const names = { "k8s.namespace.name": "shop", "k8s.pod.name": "orders-0", "k8s.container.name": "main" };
const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

test("an instance is called by its namespace, pod and container where all are known", () => {
  assert.equal(instanceIdOf(names, surroundingsOf()), "shop.orders-0.main");
});

test("one of several processes in a container is told from the others", () => {
  assert.equal(instanceIdOf(names, surroundingsOf({ division: "42" })), "shop.orders-0.main.42");
});

test("an instance has a random UUID where a name is missing, the same for as long as the process lives", () => {
  for (const missing of Object.keys(names)) {
    const id = instanceIdOf({ ...names, [missing]: undefined }, surroundingsOf());
    assert.match(id, uuid);
    assert.equal(id, instanceIdOf({}, surroundingsOf()));
  }
});

test("two processes have two of them, and a forked one knows that it is one", async () => {
  const script = new URL("instance-of-a-fork.ts", import.meta.url);
  const ids = await Promise.all(
    [1, 2].map(async () => {
      const child = fork(script);
      const [message] = (await once(child, "message")) as [{ id: string; division: string; pid: number }];
      await once(child, "exit");
      assert.equal(message.division, String(child.pid));
      assert.match(message.id, uuid);
      return message.id;
    }),
  );
  assert.equal(new Set(ids).size, 2);
});

test("the main thread of a process that nobody forked has no division", () => {
  const wasForked = process.send !== undefined;
  assert.equal(processSurroundings({}).division, wasForked ? String(process.pid) : undefined);
});
