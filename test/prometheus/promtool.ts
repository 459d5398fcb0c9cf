import { spawnSync } from "node:child_process";
import { type Program, promtool as find } from "../../collector/prometheus/programs.ts";

/** Whether a program that is missing is a failure, as it is where a build of it has to be there. */
export const isRequired: boolean = Boolean(process.env["REQUIRE_COLLECTOR"]);

/** promtool, or why it is not there. */
export const promtool: Program = find();

/** How promtool ended, and all that it printed. */
export interface Said {
  readonly code: number | null;
  readonly text: string;
}

/** Runs promtool. Throws when there is none. */
export function runPromtool(...args: readonly string[]): Said {
  if ("missing" in promtool) throw new Error(`Expected promtool, got none: ${promtool.missing}.`);
  const { status, stdout, stderr } = spawnSync(promtool.path, args, { encoding: "utf8" });
  return { code: status, text: `${stdout}${stderr}` };
}
