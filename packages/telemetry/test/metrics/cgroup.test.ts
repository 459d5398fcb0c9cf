import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openCgroup } from "../../src/metrics/cgroup.ts";
import { findCgroups } from "../../src/metrics/cgroup-files.ts";
import { fileTree, version1, version2 } from "./file-tree.ts";

const whole = {
  memoryLimit: 536_870_912,
  memoryUsage: 104_857_600,
  memoryInactiveFile: 4_857_600,
  cpuLimit: 1.5,
  cpuTime: 2.5,
  cpuPeriods: 1_000,
  cpuThrottledPeriods: 50,
  cpuThrottledTime: 0.75,
};

function rounded(readings: object | undefined): object | undefined {
  return (
    readings &&
    Object.fromEntries(Object.entries(readings).map(([key, value]) => [key, Number(Number(value).toFixed(9))]))
  );
}

for (const [version, files] of [
  [1, version1],
  [2, version2],
] as const) {
  test(`version ${version} tells limits, use and throttling`, () => {
    assert.deepEqual(rounded(openCgroup(fileTree(files))?.()), whole);
  });

  test(`version ${version} is read anew at each call`, () => {
    const changing: Record<string, string> = { ...files };
    const read = openCgroup(fileTree(changing));
    const path = Object.keys(files).find((name) => /memory\.(current|usage_in_bytes)$/.test(name)) ?? "";
    changing[path] = "1\n";
    assert.equal(read?.().memoryUsage, 1);
  });

  test(`what version ${version} does not have is absent`, () => {
    const limitOnly = Object.fromEntries(
      Object.entries(files).filter(([path]) => /^\/proc|memory\.(max|limit_in_bytes)$/.test(path)),
    );
    assert.deepEqual(openCgroup(fileTree(limitOnly))?.(), { memoryLimit: 536_870_912 });
  });
}

describe("without a limit", () => {
  test("version 2 says max, and the use is told all the same", () => {
    const files = {
      ...version2,
      "/sys/fs/cgroup/memory.max": "max\n",
      "/sys/fs/cgroup/cpu.max": "max 100000\n",
    };
    const { memoryLimit: _memory, cpuLimit: _cpu, ...rest } = whole;
    assert.deepEqual(rounded(openCgroup(fileTree(files))?.()), rest);
  });

  for (const none of ["9223372036854771712", "-1"]) {
    test(`version 1 says a number that is none, and -1 (${none})`, () => {
      const files = {
        ...version1,
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${none}\n`,
        "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
      };
      const { memoryLimit: _memory, cpuLimit: _cpu, ...rest } = whole;
      assert.deepEqual(rounded(openCgroup(fileTree(files))?.()), rest);
    });
  }

  test("there is no cgroup where no file of one is there", () => {
    assert.equal(openCgroup(fileTree({})), undefined);
    const root = { "/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": version2["/proc/self/mountinfo"] ?? "" };
    assert.equal(openCgroup(fileTree({ ...root, "/sys/fs/cgroup/cpu.stat": "usage_usec 1\n" })), undefined);
  });
});

describe("nested cgroups", () => {
  const nested = {
    ...version2,
    "/proc/self/cgroup": "0::/app.slice/worker\n",
    "/sys/fs/cgroup/app.slice/memory.max": "268435456\n",
    "/sys/fs/cgroup/app.slice/cpu.max": "50000 100000\n",
    "/sys/fs/cgroup/app.slice/cpu.stat": "usage_usec 9\nnr_periods 7\nnr_throttled 3\nthrottled_usec 2000000\n",
    "/sys/fs/cgroup/app.slice/worker/memory.max": "max\n",
    "/sys/fs/cgroup/app.slice/worker/memory.current": "1000\n",
    "/sys/fs/cgroup/app.slice/worker/cpu.max": "max 100000\n",
    "/sys/fs/cgroup/app.slice/worker/cpu.stat": "usage_usec 1000000\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n",
  };

  test("have the smallest limit on the way up, and their own use", () => {
    assert.deepEqual(rounded(openCgroup(fileTree(nested))?.()), {
      memoryLimit: 268_435_456,
      memoryUsage: 1_000,
      cpuLimit: 0.5,
      cpuTime: 1,
      cpuPeriods: 7,
      cpuThrottledPeriods: 3,
      cpuThrottledTime: 2,
    });
  });

  test("are looked for no higher than where the tree is mounted", () => {
    const { memory } = findCgroups(fileTree(nested));
    assert.deepEqual(memory?.upwards, [
      "/sys/fs/cgroup/app.slice/worker",
      "/sys/fs/cgroup/app.slice",
      "/sys/fs/cgroup",
    ]);
  });

  test("that lie outside of what is mounted leave the mount", () => {
    for (const path of ["/../../other", "/elsewhere"]) {
      const files = {
        ...version2,
        "/proc/self/cgroup": `0::${path}\n`,
        "/proc/self/mountinfo": "1 2 0:29 /here /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
      };
      assert.deepEqual(findCgroups(fileTree(files)).memory?.upwards, ["/sys/fs/cgroup"]);
    }
  });
});

test("with both versions mounted, a controller is read where it is", () => {
  const hybrid = {
    ...version1,
    "/proc/self/cgroup": `${version1["/proc/self/cgroup"]}0::/\n`,
    "/proc/self/mountinfo": `${version1["/proc/self/mountinfo"]}41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n`,
  };
  assert.deepEqual(rounded(openCgroup(fileTree(hybrid))?.()), whole);
});

test("a mount with blanks in its path is found", () => {
  const { memory } = findCgroups(
    fileTree({
      "/proc/self/cgroup": "0::/a:b\n",
      "/proc/self/mountinfo": "1 2 0:29 / /my\\040mount ro - cgroup2 cgroup rw\n",
    }),
  );
  assert.equal(memory?.path, "/my mount/a:b");
});
