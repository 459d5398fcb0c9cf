import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type ContainerFacts, readContainerFacts } from "../../src/resource/cgroup.ts";
import { containerId, podUid, rootedAt } from "./fixture.ts";

const nothing: ContainerFacts = { containerId: undefined, podUid: undefined, containerName: undefined };
const inPod: ContainerFacts = { containerId, podUid, containerName: undefined };
const named: ContainerFacts = { containerId, podUid, containerName: "orders" };

/** What each fixture tells. Where only the id of a sandbox is to be seen, no id is told. */
const facts: Readonly<Record<string, ContainerFacts>> = {
  "docker-v1": { ...nothing, containerId },
  "docker-v1-systemd": { ...nothing, containerId },
  "docker-v2": { ...nothing, containerId },
  "docker-v2-nested-volume": { ...nothing, containerId },
  "podman-rootless": { ...nothing, containerId },
  "containerd-v1": named,
  "containerd-v1-colon": inPod,
  "containerd-v2-shared": named,
  "containerd-v2": { ...named, containerId: undefined },
  "containerd-v2-own-partition": { ...named, containerId: undefined },
  "crio-v1": inPod,
  "crio-v2": named,
  "crio-v2-without-secrets": { ...named, containerId: undefined },
  "dockerd-in-pod": { ...named, containerId: undefined },
  kind: inPod,
  "static-pod": { ...nothing, containerId },
  "host-network": { ...named, containerId: undefined },
  "plain-machine": nothing,
  "pod-info": { ...named, containerId: undefined },
};

describe("the files of the kernel", () => {
  for (const [fixture, expected] of Object.entries(facts)) {
    test(`of ${fixture} tell what container and pod they are of`, () => {
      assert.deepEqual(readContainerFacts(rootedAt(fixture)), expected);
    });
  }

  test("tell nothing where there are none", () => {
    assert.deepEqual(
      readContainerFacts(() => undefined),
      nothing,
    );
  });

  test("are tried with every fixture", () => {
    assert.deepEqual(Object.keys(facts).toSorted(), readdirSync(join(import.meta.dirname, "fixtures")).toSorted());
  });
});

test("what is no container's id is not taken for one", () => {
  const short = containerId.slice(0, 63);
  for (const path of [
    `/docker/${short}`,
    `/docker/${containerId}0`,
    `/docker/${containerId.toUpperCase()}`,
    `/ecs/${containerId.slice(0, 32)}`,
    `/docker/${short}z`,
    "/",
  ]) {
    const readText = (file: string): string | undefined =>
      file.endsWith("cgroup") ? `1:name=systemd:${path}\n` : undefined;
    assert.equal(readContainerFacts(readText).containerId, undefined, path);
  }
});
