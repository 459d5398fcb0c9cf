import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readContainerFacts } from "../../src/resource/cgroup.ts";
import { type Pod, detectPod } from "../../src/resource/kubernetes.ts";
import type { Surroundings } from "../../src/resource/surroundings.ts";
import { podUid, rootedAt, surroundingsOf } from "./fixture.ts";

function podIn(fixture: string, given: Partial<Surroundings> = {}): Pod | undefined {
  const surroundings = surroundingsOf({ readText: rootedAt(fixture), ...given });
  return detectPod(surroundings, readContainerFacts(surroundings.readText));
}

const deployed = { "k8s.deployment.name": "orders", "k8s.replicaset.name": "orders-7d9f8b6c5d" };

describe("a pod", () => {
  test("is known from what every container has, with nothing configured", () => {
    assert.deepEqual(podIn("containerd-v2")?.attributes, {
      ...deployed,
      "k8s.pod.name": "orders-7d9f8b6c5d-x2x4z",
      "k8s.namespace.name": "shop",
      "k8s.pod.uid": podUid,
      "k8s.container.name": "orders",
    });
  });

  test("is known from the environment before the files", () => {
    const env = {
      POD_NAME: "billing-0",
      POD_NAMESPACE: "money",
      POD_UID: "11111111-2222-3333-4444-555555555555",
      POD_IP: "10.1.2.3",
      NODE_NAME: "node-1",
      CONTAINER_NAME: "main",
      K8S_CLUSTER_NAME: "eu-1",
      K8S_DEPLOYMENT_NAME: "billing",
    };
    assert.deepEqual(podIn("containerd-v2", { env })?.attributes, {
      "k8s.pod.name": "billing-0",
      "k8s.namespace.name": "money",
      "k8s.pod.uid": "11111111-2222-3333-4444-555555555555",
      "k8s.pod.ip": "10.1.2.3",
      "k8s.node.name": "node-1",
      "k8s.container.name": "main",
      "k8s.cluster.name": "eu-1",
      "k8s.deployment.name": "billing",
    });
  });

  test("is known from the names that the operator uses, before others", () => {
    const env = {
      OTEL_RESOURCE_ATTRIBUTES_POD_NAME: "billing-1",
      OTEL_RESOURCE_ATTRIBUTES_NODE_NAME: "node-2",
      POD_NAME: "billing-0",
      NODE_NAME: "$(NOT_FILLED_IN)",
    };
    const attributes = podIn("containerd-v2", { env })?.attributes;
    assert.equal(attributes?.["k8s.pod.name"], "billing-1");
    assert.equal(attributes?.["k8s.node.name"], "node-2");
  });

  test("is known from the volume of the downward API, with its labels and annotations", () => {
    const pod = podIn("pod-info");
    assert.equal(pod?.attributes["k8s.pod.name"], "orders-api-7d9f8b6c5d-x2x4z");
    assert.equal(pod?.attributes["k8s.namespace.name"], "shop-eu");
    assert.equal(pod?.labels.get("app.kubernetes.io/version"), "1.2.3");
    assert.deepEqual(pod?.annotated, { "deployment.environment.name": "staging", "service.version": "1.2.3-canary" });
  });

  test("on its node's network is not called as the node", () => {
    const attributes = podIn("host-network", { hostname: "node-1" })?.attributes;
    assert.deepEqual(attributes, {
      "k8s.namespace.name": "shop",
      "k8s.pod.uid": podUid,
      "k8s.container.name": "orders",
    });
  });

  test("whose hostname is its whole name in DNS is known by the first part of it, as its hosts file has it", () => {
    const qualified = "db-0.db.shop.svc.cluster.local";
    const hosts = `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n10.1.2.3\t${qualified}\tdb-0\n`;
    const files = rootedAt("containerd-v2");
    const nameAs = (hostname: string): string | undefined =>
      podIn("containerd-v2", { hostname, readText: (path) => (path === "/etc/hosts" ? hosts : files(path)) })
        ?.attributes["k8s.pod.name"];
    assert.equal(nameAs(qualified), "db-0");
    assert.equal(nameAs("db-0"), "db-0");
    assert.equal(nameAs("pod.with.dots"), "pod.with.dots");
  });

  test("is known by the API's address alone", () => {
    assert.deepEqual(
      podIn("docker-v1", { env: { KUBERNETES_SERVICE_HOST: "10.0.0.1" }, hostname: "db-0" })?.attributes,
      {
        "k8s.pod.name": "db-0",
      },
    );
  });

  test("has no uid from a static pod, whose own is not the API's", () => {
    assert.equal(podIn("static-pod")?.attributes["k8s.pod.uid"], undefined);
  });
});

test("outside of Kubernetes there is no pod, whatever the environment is called", () => {
  const env = { NODE_NAME: "jenkins-agent-1", POD_NAME: "x", K8S_POD_NAME: "y" };
  assert.equal(podIn("plain-machine", { env }), undefined);
  assert.equal(podIn("docker-v2", { env }), undefined);
});
