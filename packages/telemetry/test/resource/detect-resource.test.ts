import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Attributes } from "@opentelemetry/api";
import type { TelemetryNotice } from "../../src/channels.ts";
import { readOtelEnvironment } from "../../src/environment/read-environment.ts";
import { type ResourceOptions, detectResource } from "../../src/resource/detect-resource.ts";
import { type Surroundings, processSurroundings } from "../../src/resource/surroundings.ts";
import { containerId, podUid, rootedAt, surroundingsOf } from "./fixture.ts";

interface Given extends Partial<Omit<ResourceOptions, "surroundings" | "tell" | "settings">> {
  readonly env?: Record<string, string>;
  readonly surroundings?: Partial<Surroundings>;
}

function detect({ env = {}, surroundings, ...options }: Given): { of: Attributes; told: TelemetryNotice[] } {
  const told: TelemetryNotice[] = [];
  const { attributes } = detectResource({
    settings: readOtelEnvironment(env),
    surroundings: surroundingsOf({ env, ...surroundings }),
    tell: (notice) => told.push(notice),
    ...options,
  });
  return { of: attributes, told };
}

const manifest = (readText: Surroundings["readText"]): Partial<Surroundings> => ({
  mainScript: "/app/server.js",
  readText: (path) =>
    path === "/app/package.json" ? '{"name": "@acme/packaged", "version": "1.0.0"}' : readText(path),
});

describe("a resource", () => {
  test("in a pod has all that is known, with nothing configured", () => {
    const { of, told } = detect({ surroundings: { readText: rootedAt("crio-v2") } });
    assert.deepEqual(
      { ...of, "telemetry.sdk.version": "", "telemetry.distro.version": "" },
      {
        "telemetry.sdk.language": "nodejs",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": "",
        "telemetry.distro.name": "seaworthy",
        "telemetry.distro.version": "",
        "service.name": "orders",
        "service.namespace": "shop",
        "service.instance.id": "shop.orders-7d9f8b6c5d-x2x4z.orders",
        "k8s.deployment.name": "orders",
        "k8s.replicaset.name": "orders-7d9f8b6c5d",
        "k8s.pod.name": "orders-7d9f8b6c5d-x2x4z",
        "k8s.pod.uid": podUid,
        "k8s.namespace.name": "shop",
        "k8s.container.name": "orders",
        "container.id": containerId,
        "host.name": "orders-7d9f8b6c5d-x2x4z",
        "host.arch": "amd64",
        "os.type": "linux",
        "os.version": "6.12.0",
        "process.pid": 7,
        "process.executable.name": "node",
        "process.executable.path": "/usr/local/bin/node",
        "process.runtime.name": "nodejs",
        "process.runtime.version": "24.21.0",
        "process.runtime.description": "Node.js",
      },
    );
    assert.deepEqual(told, []);
  });

  test("on a plain machine has the machine's id, and no pod", () => {
    const { of } = detect({ name: "orders", surroundings: { readText: rootedAt("plain-machine") } });
    assert.equal(of["host.id"], "fdbf79e8af94cb7f9e8df36789187052");
    assert.deepEqual(
      Object.keys(of).filter((key) => /^(k8s|container)\./.test(key)),
      [],
    );
    assert.match(String(of["service.instance.id"]), /^[\da-f-]{36}$/);
  });

  test("in a container has no machine's id, which would be that of the image", () => {
    const machineId = rootedAt("plain-machine")("/etc/machine-id");
    const readText: Surroundings["readText"] = (path) =>
      path === "/etc/machine-id" ? machineId : rootedAt("docker-v2")(path);
    assert.equal(detect({ surroundings: { readText } }).of["host.id"], undefined);
  });

  test("never has the arguments of the process", () => {
    const { attributes } = detectResource({
      settings: readOtelEnvironment({}),
      surroundings: processSurroundings({}),
      tell: () => {},
    });
    assert.equal(attributes["process.pid"], process.pid);
    assert.deepEqual(
      Object.keys(attributes).filter((key) => /command|args|owner/.test(key)),
      [],
    );
  });
});

describe("the name of a service", () => {
  const pod = rootedAt("pod-info");
  const steps: readonly [source: string, name: string, given: Given][] = [
    [
      "the option",
      "option",
      { name: "option", env: { OTEL_SERVICE_NAME: "variable" }, attributes: { "service.name": "attribute" } },
    ],
    [
      "an attribute of the option",
      "attribute",
      { attributes: { "service.name": "attribute" }, env: { OTEL_SERVICE_NAME: "variable" } },
    ],
    [
      "OTEL_SERVICE_NAME",
      "variable",
      {
        env: { OTEL_SERVICE_NAME: "variable", OTEL_RESOURCE_ATTRIBUTES: "service.name=pair" },
        surroundings: manifest(pod),
      },
    ],
    [
      "OTEL_RESOURCE_ATTRIBUTES",
      "pair",
      { env: { OTEL_RESOURCE_ATTRIBUTES: "service.name=pair" }, surroundings: manifest(pod) },
    ],
    ["package.json", "packaged", { surroundings: manifest(pod) }],
    ["a label", "orders-eu", { surroundings: { readText: pod } }],
    ["the workload", "orders", { surroundings: { readText: rootedAt("containerd-v2") } }],
  ];
  for (const [source, name, given] of steps) {
    test(`comes from ${source} before all that follow`, () => {
      const { of, told } = detect(given);
      assert.equal(of["service.name"], name);
      assert.deepEqual(told, []);
    });
  }

  test("comes from an annotation before package.json", () => {
    const annotations = 'resource.opentelemetry.io/service.name="annotated"';
    const readText: Surroundings["readText"] = (path) =>
      path === "/etc/podinfo/annotations" ? annotations : pod(path);
    assert.equal(detect({ surroundings: manifest(readText) }).of["service.name"], "annotated");
  });

  test("is told to be unknown when nobody says it", () => {
    const { of, told } = detect({});
    assert.equal(of["service.name"], "unknown_service:node");
    assert.deepEqual(
      told.map(({ level, code }) => [level, code]),
      [["warn", "resource"]],
    );
  });

  test("is not the empty text", () => {
    const { of } = detect({
      name: "",
      env: { OTEL_RESOURCE_ATTRIBUTES: "service.name=" },
      surroundings: manifest(() => undefined),
    });
    assert.equal(of["service.name"], "packaged");
  });
});

describe("what goes over what", () => {
  test("the code goes over the environment, that over annotations, and those over what is detected", () => {
    const { of } = detect({
      attributes: { "host.name": "code" },
      env: { OTEL_RESOURCE_ATTRIBUTES: "host.name=variable,k8s.pod.name=said,deployment.environment.name=live" },
      surroundings: manifest(rootedAt("pod-info")),
    });
    assert.equal(of["host.name"], "code");
    assert.equal(of["k8s.pod.name"], "said");
    assert.equal(of["deployment.environment.name"], "live");
    assert.equal(of["service.version"], "1.2.3-canary");
    assert.equal(of["service.namespace"], "shop");
  });

  test("the version of the option goes over all", () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: "service.version=2" };
    assert.equal(detect({ version: "3", env, surroundings: manifest(() => undefined) }).of["service.version"], "3");
    assert.equal(detect({ env, surroundings: manifest(() => undefined) }).of["service.version"], "2");
    assert.equal(detect({ surroundings: manifest(() => undefined) }).of["service.version"], "1.0.0");
  });

  test("an instance is called by what was said of its pod", () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: "k8s.container.name=api,k8s.namespace.name=eu" };
    const { of } = detect({ env, surroundings: { readText: rootedAt("containerd-v2") } });
    assert.equal(of["service.instance.id"], "eu.orders-7d9f8b6c5d-x2x4z.api");
  });

  test("an instance that was named keeps its name", () => {
    const { of } = detect({ env: { OTEL_RESOURCE_ATTRIBUTES: "service.instance.id=mine" } });
    assert.equal(of["service.instance.id"], "mine");
  });
});

describe("OTEL_NODE_RESOURCE_DETECTORS", () => {
  const groups = (names: string): string[] => {
    const { of } = detect({
      env: { OTEL_NODE_RESOURCE_DETECTORS: names, OTEL_RESOURCE_ATTRIBUTES: "team=a" },
      surroundings: manifest(rootedAt("crio-v2")),
    });
    return [...new Set(Object.keys(of).map((key) => key.split(".")[0] ?? ""))].toSorted();
  };
  const always = ["service", "team", "telemetry"];

  test("says what is looked at; what the environment says is always read", () => {
    assert.deepEqual(groups("none"), always);
    assert.deepEqual(groups("env"), always);
    assert.deepEqual(groups("host,os"), ["host", "os", ...always]);
    assert.deepEqual(groups("container,process"), ["container", "process", ...always]);
    assert.deepEqual(groups("k8s"), ["k8s", ...always]);
    assert.deepEqual(groups("all"), ["container", "host", "k8s", "os", "process", ...always]);
    assert.deepEqual(groups(""), groups("all"));
  });

  test("says whether an instance has an id", () => {
    const id = (names: string): unknown =>
      detect({ env: { OTEL_NODE_RESOURCE_DETECTORS: names } }).of["service.instance.id"];
    assert.equal(id("host"), undefined);
    assert.notEqual(id("serviceinstance"), undefined);
    assert.notEqual(id("service"), undefined);
  });
});
