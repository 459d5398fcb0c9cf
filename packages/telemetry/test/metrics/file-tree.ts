import type { ReadText } from "../../src/metrics/cgroup-files.ts";

/** Files by their paths, as the kernel would have them. */
export const fileTree =
  (files: Readonly<Record<string, string>>): ReadText =>
  (path) =>
    Object.hasOwn(files, path) ? files[path] : undefined;

/** A pod's container on version 2, with a cgroup namespace of its own. */
export const version2: Readonly<Record<string, string>> = {
  "/proc/self/cgroup": "0::/\n",
  "/proc/self/mountinfo":
    "1034 1021 0:29 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate\n1035 1021 0:30 / /proc rw - proc proc rw\n",
  "/sys/fs/cgroup/memory.max": "536870912\n",
  "/sys/fs/cgroup/memory.current": "104857600\n",
  "/sys/fs/cgroup/memory.stat": "anon 60000000\nfile 44857600\ninactive_file 4857600\nactive_file 40000000\n",
  "/sys/fs/cgroup/cpu.max": "150000 100000\n",
  "/sys/fs/cgroup/cpu.stat":
    "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\nnr_periods 1000\nnr_throttled 50\nthrottled_usec 750000\n",
};

/** The same container on version 1, seen from the host's cgroup namespace. */
export const version1: Readonly<Record<string, string>> = {
  "/proc/self/cgroup":
    "5:cpu,cpuacct:/kubepods/burstable/pod1/abc\n4:memory:/kubepods/burstable/pod1/abc\n1:name=systemd:/kubepods/burstable/pod1/abc\n",
  "/proc/self/mountinfo":
    "31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n32 31 0:29 /kubepods/burstable/pod1/abc /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:15 - cgroup cgroup rw,cpu,cpuacct\n35 31 0:32 /kubepods/burstable/pod1/abc /sys/fs/cgroup/memory ro,nosuid master:18 - cgroup cgroup rw,memory\n",
  "/sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
  "/sys/fs/cgroup/memory/memory.usage_in_bytes": "104857600\n",
  "/sys/fs/cgroup/memory/memory.stat": "inactive_file 1\ntotal_inactive_file 4857600\n",
  "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "150000\n",
  "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
  "/sys/fs/cgroup/cpu,cpuacct/cpu.stat": "nr_periods 1000\nnr_throttled 50\nthrottled_time 750000000\n",
  "/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage": "2500000000\n",
};
