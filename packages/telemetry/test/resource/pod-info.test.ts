import assert from "node:assert/strict";
import { test } from "node:test";
import { readPodInfo } from "../../src/resource/pod-info.ts";
import { rootedAt } from "./fixture.ts";

test("the values of annotations come as they were before Go quoted them", () => {
  assert.equal(readPodInfo(rootedAt("pod-info")).annotations.get("note"), 'two\nlines, "quoted" and é');
});

test("escapes of every kind are undone, and a line that is none is left out", () => {
  const text = String.raw`a="\t\\\x41\U0001f6a2\a"
b=unquoted
="nokey"
c="="`;
  const { labels } = readPodInfo((path) => (path === "/etc/podinfo/labels" ? text : undefined));
  assert.deepEqual(
    [...labels],
    [
      ["a", "\t\\A🚢\u0007"],
      ["c", "="],
    ],
  );
});

test("an escape of what is no character stands for one that is unknown", () => {
  const text = String.raw`a="x\U00110000y\UFFFFFFFF"`;
  const { labels } = readPodInfo((path) => (path === "/etc/podinfo/labels" ? text : undefined));
  assert.equal(labels.get("a"), "x\ufffdy\ufffd");
});

test("a volume that is not there says nothing", () => {
  assert.deepEqual(
    readPodInfo(() => undefined),
    {
      name: undefined,
      namespace: undefined,
      uid: undefined,
      labels: new Map(),
      annotations: new Map(),
    },
  );
});
