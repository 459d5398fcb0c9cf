import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../go-build.ts";
import { prometheusVersion } from "./version.ts";

/** A program that is there, with its version, such as `3.16.0`. */
export interface Found {
  readonly path: string;
  readonly version: string;
}

/** A program that is there, or why it is not. */
export type Program = Found | { readonly missing: string };

/** Where `npm run prometheus:build` puts what it builds. */
export const builtPrograms: string = cacheFolder("prometheus", prometheusVersion);

/** Prometheus: the one that `PROMETHEUS_BIN` names, else the one that was built, else the one on the PATH. */
export const prometheus = (): Program => find("prometheus", "PROMETHEUS_BIN");

/** promtool: the one that `PROMTOOL_BIN` names, else the one that was built, else the one on the PATH. */
export const promtool = (): Program => find("promtool", "PROMTOOL_BIN");

/** A promtool on the PATH of another version than {@link promtool}, such as a distribution's. */
export function otherPromtools(): readonly Found[] {
  const chosen = promtool();
  const known = new Set("version" in chosen ? [chosen.version] : []);
  return ["promtool", "/usr/bin/promtool"].flatMap((path) => {
    const found = ask(path);
    if (!found || known.has(found.version)) return [];
    known.add(found.version);
    return [found];
  });
}

function find(name: string, variable: string): Program {
  const named = process.env[variable];
  if (named) return ask(named) ?? { missing: `${variable} names ${named}, which does not run` };
  const built = join(builtPrograms, name);
  const found = (existsSync(built) ? ask(built) : undefined) ?? ask(name);
  return found ?? { missing: `there is no ${name}: npm run prometheus:build, or name one in ${variable}` };
}

function ask(path: string): Found | undefined {
  const { status, stdout, stderr } = spawnSync(path, ["--version"], { encoding: "utf8" });
  const [, version] = /version (\d+\.\d+\.\d+)/.exec(`${stdout}${stderr}`) ?? [];
  return status === 0 && version !== undefined ? { path, version } : undefined;
}
