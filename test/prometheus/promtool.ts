import { spawnSync } from "node:child_process";
import { type Found, type Program, promtool as find, otherPromtools } from "../../collector/prometheus/programs.ts";

/** Whether a program that is missing is a failure, as it is where a build of it has to be there. */
export const isRequired: boolean = Boolean(process.env["REQUIRE_COLLECTOR"]);

/** promtool, or why it is not there. */
export const promtool: Program = find();

/** Every promtool that is at hand, one of each version. */
export const promtools: readonly Found[] = "missing" in promtool ? [] : [promtool, ...otherPromtools()];

/** How promtool ended, and all that it printed. */
export interface Said {
  readonly code: number | null;
  readonly text: string;
}

/** Runs promtool. Throws when there is none. */
export function runPromtool(...args: readonly string[]): Said {
  if ("missing" in promtool) throw new Error(`Expected promtool, got none: ${promtool.missing}.`);
  return run(promtool, ...args);
}

/** Runs one promtool of several. */
export function run({ path }: Found, ...args: readonly string[]): Said {
  const { status, stdout, stderr } = spawnSync(path, args, { encoding: "utf8" });
  return { code: status, text: `${stdout}${stderr}` };
}
