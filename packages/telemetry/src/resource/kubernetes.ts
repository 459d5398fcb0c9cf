import type { ContainerFacts } from "./cgroup.ts";
import { readPodInfo } from "./pod-info.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Workload, workloadOf } from "./workload.ts";

/** What is known of the pod that a process is in. */
export interface Pod {
  /** Named as the conventions of Kubernetes have them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What annotations say of the resource: `resource.opentelemetry.io/<attribute>`. */
  readonly annotated: Readonly<Record<string, string>>;
  readonly labels: ReadonlyMap<string, string>;
  readonly workload: Workload | undefined;
}

const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/** The names under which people hand on the downward API, ours to judge only inside Kubernetes: Jenkins has a NODE_NAME. */
const variables = {
  "k8s.pod.name": [
    "OTEL_RESOURCE_ATTRIBUTES_POD_NAME",
    "K8S_POD_NAME",
    "KUBERNETES_POD_NAME",
    "POD_NAME",
    "MY_POD_NAME",
  ],
  "k8s.namespace.name": [
    "OTEL_RESOURCE_ATTRIBUTES_POD_NAMESPACE",
    "K8S_NAMESPACE_NAME",
    "K8S_NAMESPACE",
    "K8S_POD_NAMESPACE",
    "KUBERNETES_NAMESPACE",
    "POD_NAMESPACE",
    "MY_POD_NAMESPACE",
  ],
  "k8s.pod.uid": ["OTEL_RESOURCE_ATTRIBUTES_POD_UID", "K8S_POD_UID", "KUBERNETES_POD_UID", "POD_UID", "MY_POD_UID"],
  "k8s.pod.ip": ["OTEL_POD_IP", "K8S_POD_IP", "KUBERNETES_POD_IP", "POD_IP", "MY_POD_IP"],
  "k8s.node.name": [
    "OTEL_RESOURCE_ATTRIBUTES_NODE_NAME",
    "K8S_NODE_NAME",
    "KUBERNETES_NODE_NAME",
    "NODE_NAME",
    "MY_NODE_NAME",
  ],
  "k8s.container.name": ["K8S_CONTAINER_NAME", "KUBERNETES_CONTAINER_NAME", "CONTAINER_NAME"],
  "k8s.cluster.name": ["K8S_CLUSTER_NAME", "KUBERNETES_CLUSTER_NAME"],
  "k8s.deployment.name": [
    "OTEL_RESOURCE_ATTRIBUTES_DEPLOYMENT_NAME",
    "K8S_DEPLOYMENT_NAME",
    "KUBERNETES_DEPLOYMENT_NAME",
  ],
} as const;

/** Looks at the pod; `undefined` outside of Kubernetes. */
export function detectPod({ env, readText, hostname }: Surroundings, facts: ContainerFacts): Pod | undefined {
  const namespace = readText(namespaceFile)?.trim() || undefined;
  const isInKubernetes =
    Boolean(env["KUBERNETES_SERVICE_HOST"]) || namespace !== undefined || facts.podUid !== undefined;
  if (!isInKubernetes) return undefined;
  const info = readPodInfo(readText);

  const set = (attribute: keyof typeof variables): string | undefined =>
    variables[attribute].map((variable) => env[variable]?.trim()).find((value) => isFilledIn(value));

  const podName = set("k8s.pod.name") ?? info.name ?? podNamed(hostname, readText("/etc/hosts") ?? "");
  const workload = podName === undefined ? undefined : workloadOf(podName, info.labels);
  return {
    attributes: defined({
      ...workload?.attributes,
      "k8s.pod.name": podName,
      "k8s.namespace.name": set("k8s.namespace.name") ?? info.namespace ?? namespace,
      "k8s.pod.uid": set("k8s.pod.uid") ?? info.uid ?? facts.podUid,
      "k8s.pod.ip": set("k8s.pod.ip"),
      "k8s.node.name": set("k8s.node.name"),
      "k8s.container.name": set("k8s.container.name") ?? facts.containerName,
      "k8s.cluster.name": set("k8s.cluster.name"),
      ...defined({ "k8s.deployment.name": set("k8s.deployment.name") }),
    }),
    annotated: annotatedAttributes(info.annotations),
    labels: info.labels,
    workload,
  };
}

/**
 * The pod's name by its hostname, which may be its whole name in DNS (`setHostnameAsFQDN`): the kubelet then writes the
 * short one behind it. On the node's network the hostname is the node's.
 */
function podNamed(hostname: string, hosts: string): string | undefined {
  if (hostname === "" || hosts.includes("(host network)")) return undefined;
  const own = hosts
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([, name]) => name === hostname);
  return own?.[2] !== undefined && hostname.startsWith(`${own[2]}.`) ? own[2] : hostname;
}

const isFilledIn = (value: string | undefined): value is string => Boolean(value) && !value?.startsWith("$(");

const prefix = "resource.opentelemetry.io/";

const annotatedAttributes = (annotations: ReadonlyMap<string, string>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...annotations].flatMap(([key, value]) =>
      key.startsWith(prefix) && value !== "" ? [[key.slice(prefix.length), value]] : [],
    ),
  );

function defined(attributes: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
