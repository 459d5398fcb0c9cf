/** What a pod belongs to. */
export interface Workload {
  /** The same for all of its pods: what a service is called that has no other name. */
  readonly name: string;
  /** The names of Kubernetes that are certain. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What Kubernetes puts at the end of a generated name: five letters and digits that make no words. */
const suffix = "[bcdfghjklmnpqrstvwxz2456789]{5}";

/** A number, written in the same manner: digits become these. */
const templateHash = "[456789bcdf]{6,10}";

/**
 * Reads a pod's name, and its labels where they are mounted. A hash of a pod template tells a Deployment's pod from all
 * others; what else a name looks like is good for a service's name and no more, since anyone may call a pod `redis-7`.
 */
export function workloadOf(podName: string, labels: ReadonlyMap<string, string> = new Map()): Workload {
  return ofTemplate(podName, labels) ?? ofStatefulSet(podName, labels) ?? ofJob(podName, labels) ?? byShape(podName);
}

function ofTemplate(podName: string, labels: ReadonlyMap<string, string>): Workload | undefined {
  const [, name, hash] = new RegExp(`^(.+)-(${templateHash})-${suffix}$`).exec(podName) ?? [];
  if (name === undefined || hash === undefined) return undefined;
  const replicaSet = { "k8s.replicaset.name": `${name}-${hash}` };
  // A rollout of Argo has ReplicaSets of its own.
  if (labels.has("rollouts-pod-template-hash")) return { name, attributes: replicaSet };
  return { name, attributes: { ...replicaSet, "k8s.deployment.name": name } };
}

function ofStatefulSet(podName: string, labels: ReadonlyMap<string, string>): Workload | undefined {
  const [, name] = /^(.+)-\d+$/.exec(podName) ?? [];
  if (name === undefined) return undefined;
  const isCertain = labels.get("statefulset.kubernetes.io/pod-name") === podName;
  return { name, attributes: isCertain ? { "k8s.statefulset.name": name } : {} };
}

function ofJob(podName: string, labels: ReadonlyMap<string, string>): Workload | undefined {
  const job = labels.get("batch.kubernetes.io/job-name") ?? labels.get("job-name");
  if (job === undefined || !podName.startsWith(`${job}-`)) return undefined;
  return { name: withoutMinute(job), attributes: { "k8s.job.name": job } };
}

/** Of a DaemonSet, a Job or nothing at all. */
function byShape(podName: string): Workload {
  const [, generated] = new RegExp(`^(.+)-${suffix}$`).exec(podName) ?? [];
  if (generated === undefined) return { name: podName, attributes: {} };
  // A Job whose pods are numbered.
  const [, numbered] = /^(.+-\d{8,})-\d+$/.exec(generated) ?? [];
  return { name: withoutMinute(numbered ?? generated), attributes: {} };
}

/** A CronJob names its Jobs by the minute that they are for. */
const withoutMinute = (job: string): string => /^(.+)-\d{8}$/.exec(job)?.[1] ?? job;
