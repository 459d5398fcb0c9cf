import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import process from "node:process";
import { describe, test } from "node:test";
import { findLaunchers, launcherName } from "../src/launchers.ts";

describe("a launcher is known by its command line", () => {
  const launchers: readonly (readonly [name: string, ...argv: string[]])[] = [
    ["sh -c", "sh", "-c", "node server.js"],
    ["sh -c", "/bin/sh", "-c", "node server.js"],
    ["sh -c", "/bin/sh", "-ec", "node server.js"],
    ["bash -c", "bash", "-lc", "node /app/server.js"],
    ["bash -c", "/bin/bash", "-o", "pipefail", "-c", "node server.js"],
    ["bash -c", "/bin/bash", "-euo", "pipefail", "-c", "node server.js"],
    ["bash start.sh", "bash", "/app/start.sh"],
    ["bash start.sh", "bash", "-e", "/app/start.sh", "-c", "production"],
    ["sh docker-entrypoint.sh", "/bin/sh", "/usr/local/bin/docker-entrypoint.sh", "node", "server.js"],
    ["busybox sh", "busybox", "sh", "-c", "node server.js"],
    ["ash -c", "/bin/ash", "-c", "node server.js"],
    ["zsh -c", "-zsh", "-c", "node server.js"],
    ["npm", "npm start"],
    ["npm", "npm run start"],
    ["npm", "npm run start /srv/data"],
    ["npm", "/usr/local/bin/npm", "start"],
    ["npm", "node", "/usr/local/lib/node_modules/npm/bin/npm-cli.js", "run", "start"],
    ["npm", "node", "--no-warnings", "/usr/local/bin/npm", "run", "start"],
    ["npx", "node", "/usr/local/bin/npx", "tsx", "server.ts"],
    ["npx", "node", "/usr/local/lib/node_modules/npm/bin/npx-cli.js", "tsx"],
    ["yarn", "node", "/usr/local/bin/yarn", "start"],
    ["yarn", "node", "/opt/yarn-v1.22.22/bin/yarn.js", "start"],
    ["yarn", "node", "/app/.yarn/releases/yarn-4.9.2.cjs", "start"],
    ["pnpm", "node", "/usr/local/bin/pnpm", "start"],
    ["pnpm", "/usr/bin/node", "/usr/local/lib/node_modules/pnpm/bin/pnpm.cjs", "start"],
    ["corepack", "node", "/usr/local/bin/corepack", "pnpm", "start"],
    ["node --run", "node", "--run", "start"],
  ];
  for (const [name, ...argv] of launchers) {
    test(`${argv.join(" ")} is ${name}`, () => assert.equal(launcherName(argv), name));
  }
});

describe("whatever passes OS signals on, or ends nobody's pod, is no launcher", () => {
  const others: readonly (readonly string[])[] = [
    [],
    [""],
    ["bash"],
    ["-bash"],
    ["/bin/bash", "-i"],
    ["/bin/bash", "--login"],
    ["zsh", "-l"],
    ["tini", "--", "node", "server.js"],
    ["/usr/bin/dumb-init", "node", "server.js"],
    ["node", "server.js"],
    ["node", "server.js", "--run"],
    ["node"],
    ["node", "/app/npm-registry.js"],
    ["node", "/app/npm/server.js"],
    ["containerd-shim"],
    ["systemd"],
    ["sshd: user@pts/0"],
    ["tmux: server"],
  ];
  for (const argv of others) {
    test(argv.join(" ") || "no command line", () => assert.equal(launcherName(argv), undefined));
  }
});

test(
  "launchers are looked for above a process, nearest first",
  { skip: !existsSync("/proc/self/stat") && "no /proc" },
  () => {
    assert.deepEqual(findLaunchers(process.pid), []);
    for (const { pid, name } of findLaunchers()) {
      assert.ok(pid > 0);
      assert.notEqual(name, "");
    }
  },
);

test("a process that is gone has no launchers", () => {
  assert.deepEqual(findLaunchers(2 ** 30), []);
  assert.deepEqual(findLaunchers(0), []);
});
