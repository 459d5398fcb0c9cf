import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { workloadOf } from "../../src/resource/workload.ts";

describe("a pod's name", () => {
  const workloads: Readonly<Record<string, readonly [name: string, attributes: Record<string, string>]>> = {
    "orders-7d9f8b6c5d-x2x4z": [
      "orders",
      { "k8s.deployment.name": "orders", "k8s.replicaset.name": "orders-7d9f8b6c5d" },
    ],
    "orders-api-v2-66b6c48dd5-7w2kx": [
      "orders-api-v2",
      { "k8s.deployment.name": "orders-api-v2", "k8s.replicaset.name": "orders-api-v2-66b6c48dd5" },
    ],
    "db-0": ["db", {}],
    "db-12": ["db", {}],
    "fluentd-x2x4z": ["fluentd", {}],
    "backup-28412345-x2x4z": ["backup", {}],
    "backup-28412345-3-x2x4z": ["backup", {}],
    "import-x2x4z": ["import", {}],
    orders: ["orders", {}],
    // Not a template's hash: the letters of a hash leave out most of the alphabet.
    "orders-stable-x2x4z": ["orders-stable", {}],
    // Not a generated ending: it has a vowel.
    "web-nginx": ["web-nginx", {}],
  };
  for (const [podName, [name, attributes]] of Object.entries(workloads)) {
    test(`${podName} is of ${name}`, () => {
      assert.deepEqual(workloadOf(podName), { name, attributes });
    });
  }
});

describe("labels", () => {
  test("make a StatefulSet certain", () => {
    assert.deepEqual(workloadOf("db-0", new Map([["statefulset.kubernetes.io/pod-name", "db-0"]])), {
      name: "db",
      attributes: { "k8s.statefulset.name": "db" },
    });
  });

  test("make a Job certain, and the service that of its CronJob", () => {
    assert.deepEqual(
      workloadOf("backup-28412345-x2x4z", new Map([["batch.kubernetes.io/job-name", "backup-28412345"]])),
      {
        name: "backup",
        attributes: { "k8s.job.name": "backup-28412345" },
      },
    );
  });

  test("keep a rollout from being called a Deployment", () => {
    assert.deepEqual(workloadOf("orders-7d9f8b6c5d-x2x4z", new Map([["rollouts-pod-template-hash", "7d9f8b6c5d"]])), {
      name: "orders",
      attributes: { "k8s.replicaset.name": "orders-7d9f8b6c5d" },
    });
  });
});

test("all pods of a Deployment are of one service, whatever its template", () => {
  const names = ["orders-7d9f8b6c5d-x2x4z", "orders-7d9f8b6c5d-hq9vb", "orders-5c7f4d9b8-l6mtn"];
  assert.deepEqual([...new Set(names.map((name) => workloadOf(name).name))], ["orders"]);
});
