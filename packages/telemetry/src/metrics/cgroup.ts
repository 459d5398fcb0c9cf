import { type CgroupFolder, type ReadText, findCgroups } from "./cgroup-files.ts";

/** What the kernel says of the cgroup this process is in. What it does not say is absent. */
export interface CgroupReadings {
  /** The smallest memory limit on the way up, in bytes. */
  readonly memoryLimit?: number;
  /** The memory in use, page cache included, in bytes. */
  readonly memoryUsage?: number;
  /** Of that, what could be dropped at once: page cache that was not used of late. */
  readonly memoryInactiveFile?: number;
  /** The smallest CPU quota on the way up, in CPUs. */
  readonly cpuLimit?: number;
  /** CPU time used, in seconds. */
  readonly cpuTime?: number;
  /** Periods of the quota in which something ran, and those of them in which it ran out of its share. */
  readonly cpuPeriods?: number;
  readonly cpuThrottledPeriods?: number;
  /** Time for which it was kept from running, in seconds. */
  readonly cpuThrottledTime?: number;
}

/** Reads a cgroup anew at each call. */
export type ReadCgroup = () => CgroupReadings;

/**
 * Finds the cgroup of this process, of version 1, 2 or both. `undefined` where there is no file of a limit at all, as
 * outside of Linux or in the root cgroup: nothing said of a container would be true there.
 */
export function openCgroup(readText: ReadText): ReadCgroup | undefined {
  const { memory, cpu, cpuacct } = findCgroups(readText);
  const limits = [
    ...(memory?.upwards.map((folder) => `${folder}/${memoryFiles[memory.version].limit}`) ?? []),
    ...(cpu?.upwards.map((folder) => `${folder}/${cpuLimitFile[cpu.version]}`) ?? []),
  ];
  if (!limits.some((path) => readText(path) !== undefined)) return undefined;
  return () =>
    definedOnly({ ...readMemory(memory, readText), ...readCpu(cpu, readText), ...readCpuTime(cpuacct, readText) });
}

const memoryFiles = {
  1: { limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes", inactive: "total_inactive_file" },
  2: { limit: "memory.max", usage: "memory.current", inactive: "inactive_file" },
} as const;

const cpuLimitFile = { 1: "cpu.cfs_quota_us", 2: "cpu.max" } as const;

/** Version 1 says "no limit" by the largest number that fits, rounded to a page. */
const noLimit = 2 ** 60;

function readMemory(folder: CgroupFolder | undefined, readText: ReadText): Maybe {
  if (!folder) return {};
  const files = memoryFiles[folder.version];
  const limits = folder.upwards.flatMap((path) => numberIn(readText(`${path}/${files.limit}`)) ?? []);
  const limit = Math.min(...limits.filter((bytes) => bytes >= 0 && bytes < noLimit));
  return {
    memoryLimit: Number.isFinite(limit) ? limit : undefined,
    memoryUsage: numberIn(readText(`${folder.path}/${files.usage}`)),
    memoryInactiveFile: valuesIn(readText(`${folder.path}/memory.stat`)).get(files.inactive),
  };
}

/** Throttling is told where the quota is, which may be a parent of ours. */
function readCpu(folder: CgroupFolder | undefined, readText: ReadText): Maybe {
  if (!folder) return {};
  const { version } = folder;
  let [limit, throttledAt] = [Number.POSITIVE_INFINITY, folder.path];
  for (const path of folder.upwards) {
    const quota = cpuQuota(path, version, readText);
    if (quota !== undefined && quota < limit) [limit, throttledAt] = [quota, path];
  }
  const stat = valuesIn(readText(`${throttledAt}/cpu.stat`));
  const throttled = version === 1 ? scaled(stat.get("throttled_time"), 1e-9) : scaled(stat.get("throttled_usec"), 1e-6);
  return {
    cpuLimit: Number.isFinite(limit) ? limit : undefined,
    cpuPeriods: stat.get("nr_periods"),
    cpuThrottledPeriods: stat.get("nr_throttled"),
    cpuThrottledTime: throttled,
  };
}

function cpuQuota(path: string, version: 1 | 2, readText: ReadText): number | undefined {
  const [quota, period] =
    version === 1
      ? [readText(`${path}/cpu.cfs_quota_us`), readText(`${path}/cpu.cfs_period_us`)]
      : (readText(`${path}/cpu.max`) ?? "").split(" ");
  const [quotaUs, periodUs] = [numberIn(quota), numberIn(period)];
  // -1 is no quota in version 1, and `max`, which is no number, in version 2.
  return quotaUs === undefined || periodUs === undefined || quotaUs <= 0 || periodUs <= 0
    ? undefined
    : quotaUs / periodUs;
}

function readCpuTime(folder: CgroupFolder | undefined, readText: ReadText): Maybe {
  if (!folder) return {};
  if (folder.version === 1) return { cpuTime: scaled(numberIn(readText(`${folder.path}/cpuacct.usage`)), 1e-9) };
  return { cpuTime: scaled(valuesIn(readText(`${folder.path}/cpu.stat`)).get("usage_usec"), 1e-6) };
}

type Maybe = { readonly [Name in keyof CgroupReadings]?: number | undefined };

const definedOnly = (readings: Maybe): CgroupReadings =>
  Object.fromEntries(Object.entries(readings).filter(([, value]) => value !== undefined));

const scaled = (value: number | undefined, by: number): number | undefined =>
  value === undefined ? undefined : value * by;

function numberIn(text: string | undefined): number | undefined {
  const trimmed = text?.trim();
  return trimmed !== undefined && /^-?\d+$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** Reads lines of a name and a number. */
function valuesIn(text: string | undefined): ReadonlyMap<string, number> {
  const pairs = (text ?? "").split("\n").flatMap((line): [string, number][] => {
    const [name, value] = line.split(" ");
    const number = numberIn(value);
    return name === undefined || number === undefined ? [] : [[name, number]];
  });
  return new Map(pairs);
}
