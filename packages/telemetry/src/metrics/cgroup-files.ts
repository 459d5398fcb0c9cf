/** Reads a small text file; `undefined` where there is none, or it may not be read. */
export type ReadText = (path: string) => string | undefined;

/** Where the files of this process's cgroups are, each from its own cgroup upwards to where the tree is mounted. */
export interface CgroupFolders {
  readonly memory: CgroupFolder | undefined;
  readonly cpu: CgroupFolder | undefined;
  readonly cpuacct: CgroupFolder | undefined;
}

/** One controller's folders: the process's own cgroup first, then its parents as far as they can be seen. */
export interface CgroupFolder {
  readonly version: 1 | 2;
  readonly path: string;
  readonly upwards: readonly string[];
}

interface Mount {
  readonly version: 1 | 2;
  readonly root: string;
  readonly at: string;
  readonly controllers: readonly string[];
}

/**
 * Finds the cgroups of this process from `/proc/self/cgroup` and `/proc/self/mountinfo` (cgroups(7), proc(5)). A
 * controller that version 1 has is taken from there, since no two versions can have the same one.
 */
export function findCgroups(readText: ReadText): CgroupFolders {
  const mounts = (readText("/proc/self/mountinfo") ?? "").split("\n").flatMap(parseMount);
  const paths = (readText("/proc/self/cgroup") ?? "").split("\n").flatMap(parseMembership);
  const find = (controller: string): CgroupFolder | undefined => {
    for (const version of [1, 2] as const) {
      const has = version === 1 ? (names: readonly string[]) => names.includes(controller) : () => true;
      const path = paths.find((member) => member.version === version && has(member.controllers))?.path;
      const mount = mounts.find((candidate) => candidate.version === version && has(candidate.controllers));
      if (path !== undefined && mount) return folderOf(mount, path);
    }
    return undefined;
  };
  return { memory: find("memory"), cpu: find("cpu"), cpuacct: find("cpuacct") };
}

function folderOf({ version, root, at }: Mount, path: string): CgroupFolder {
  const below = relative(root, path).split("/").filter(Boolean);
  // A path that leads out of what is mounted here is seen from another cgroup namespace: the mount is all there is.
  const seen = below.includes("..") ? [] : below;
  const upwards = Array.from({ length: seen.length + 1 }, (_, up) =>
    [at, ...seen.slice(0, seen.length - up)].join("/"),
  );
  return { version, path: upwards[0] ?? at, upwards };
}

function relative(root: string, path: string): string {
  if (root === "/") return path;
  if (path === root || path.startsWith(`${root}/`)) return path.slice(root.length);
  return "..";
}

function parseMount(line: string): Mount[] {
  const [fields = "", rest = ""] = line.split(" - ");
  const [, , , root, at] = fields.split(" ");
  const [type, , options = ""] = rest.split(" ");
  if (root === undefined || at === undefined || (type !== "cgroup" && type !== "cgroup2")) return [];
  return [
    { version: type === "cgroup" ? 1 : 2, root: unescape(root), at: unescape(at), controllers: options.split(",") },
  ];
}

/** Blanks in paths are told in octal. */
const unescape = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function parseMembership(line: string): { version: 1 | 2; controllers: readonly string[]; path: string }[] {
  const [hierarchy, controllers, ...path] = line.split(":");
  if (controllers === undefined || path.length === 0) return [];
  const version = hierarchy === "0" && controllers === "" ? 2 : 1;
  return [{ version, controllers: controllers.split(","), path: path.join(":") }];
}
