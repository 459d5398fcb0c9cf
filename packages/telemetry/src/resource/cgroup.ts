import type { ReadText } from "./surroundings.ts";

/** What the files of the kernel tell of the container that a process is in. */
export interface ContainerFacts {
  readonly containerId: string | undefined;
  readonly podUid: string | undefined;
  /** The container's name in its pod. */
  readonly containerName: string | undefined;
}

/**
 * Reads `/proc/self/cgroup` and `/proc/self/mountinfo`. Both are asked, since in a cgroup namespace of its own, which is
 * the rule under cgroup v2, a process sees nothing but `/` in the first.
 */
export function readContainerFacts(readText: ReadText): ContainerFacts {
  const cgroups = lines(readText("/proc/self/cgroup")).map((line) => line.replace(/^\d+:[^:]*:/, ""));
  const mounts = lines(readText("/proc/self/mountinfo")).map(readMount);
  const paths = [...cgroups, ...mounts.flatMap(({ root, type }) => (type.startsWith("cgroup") ? [root] : []))];
  const ofKubelet = first(mounts, ({ root }) => kubeletMount.exec(root));
  const podUid = ofKubelet?.[1] ?? first(paths, (path) => podInCgroup.exec(path)?.[1])?.replaceAll("_", "-");
  return {
    containerId:
      first(paths, containerInCgroup) ?? first(mounts, (mount) => containerInMount(mount, podUid !== undefined)),
    podUid,
    containerName: first(mounts, ({ root }) => kubeletMount.exec(root)?.[2]),
  };
}

interface Mount {
  /** What is mounted, as a path in its own file system. */
  readonly root: string;
  readonly at: string;
  readonly type: string;
}

const uuid = "[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}";

/** What the kubelet mounts into each container: `pods/<uid>/etc-hosts`, `pods/<uid>/containers/<name>/<id>`. */
const kubeletMount: RegExp = new RegExp(`/pods/(${uuid})/(?:etc-hosts$|containers/([^/]+)/|volumes?)`);

/** Static pods have another kind of uid, which is not the one the API knows. */
const podInCgroup: RegExp = new RegExp(`pod(${uuid})`);

/** The innermost part of a path that is a container's id, such as `cri-containerd-<id>.scope`, `docker-<id>.scope`, `<id>`. */
function containerInCgroup(path: string): string | undefined {
  return path
    .split("/")
    .toReversed()
    .map((part) => /(?:^|[-:])([0-9a-f]{64})(?:\.scope)?$/.exec(part)?.[1])
    .find((id) => id !== undefined);
}

/**
 * The id in what an engine mounts into its containers. In a pod, `hostname` and its like are those of the sandbox, whose
 * id is another one.
 */
function containerInMount({ root, at }: Mount, isInPod: boolean): string | undefined {
  const own = /\/[a-z0-9]+-containers\/([0-9a-f]{64})\/userdata\/(?:\.containerenv|run\/secrets)$/.exec(root);
  if (own || isInPod || !/^\/etc\/(hostname|hosts|resolv\.conf)$/.test(at)) return own?.[1];
  return /\/(?:[a-z0-9]+-)?containers\/([0-9a-f]{64})\/(?:userdata\/)?[a-z.]+$/.exec(root)?.[1];
}

/** A line of proc(5), `mountinfo`: fields, a hyphen after those that are optional, and the type of the file system. */
function readMount(line: string): Mount {
  const [, , , root = "", at = ""] = line.split(" ");
  return { root, at, type: / - (\S+)/.exec(line)?.[1] ?? "" };
}

const lines = (text: string | undefined): string[] => (text === undefined ? [] : text.split("\n"));

/** The first thing found, or `undefined`. */
function first<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}
