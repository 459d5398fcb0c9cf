import { join } from "node:path";
import { type ReadText, type Surroundings, readTextFile } from "../../src/resource/surroundings.ts";

/** Reads from a folder of `fixtures/` as if it were the root of the file system. */
export const rootedAt =
  (fixture: string): ReadText =>
  (path) =>
    readTextFile(join(import.meta.dirname, "fixtures", fixture, path));

/** A process of which nothing is known but what is given. */
export const surroundingsOf = (given: Partial<Surroundings> = {}): Surroundings => ({
  env: {},
  readText: () => undefined,
  cwd: "/srv",
  mainScript: undefined,
  pid: 7,
  execPath: "/usr/local/bin/node",
  nodeVersion: "24.21.0",
  hostname: "orders-7d9f8b6c5d-x2x4z",
  platform: "linux",
  arch: "x64",
  osRelease: "6.12.0",
  division: undefined,
  ...given,
});

/** The container of every fixture that has one. */
export const containerId = "7be92808767a667f35c8505cbf40d14e931ef6db5b0210329cf193b15ba9d605";

/** The pod of every fixture that has one. */
export const podUid = "6bcf846c-5fe3-45cb-995f-5d34aa16e4c3";
