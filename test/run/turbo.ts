import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import type { Selection } from "./selection.ts";
import { root } from "./workspaces.ts";

const binaries = join(root, "node_modules/.bin");

/** Runs `turbo run test`, passes its output on as it comes, and hands every line to `onLine`. Resolves to the exit code. */
export async function runTurboTest({ workspaces, paths }: Selection, onLine: (line: string) => void): Promise<number> {
  // Without a filter turbo keeps the order of the graph; with one it would run what the chosen ones depend on as well.
  const filters = paths.length > 0 ? ["--only", ...workspaces.map(({ name }) => `--filter=${name}`)] : [];
  const args = ["run", "test", "--continue=always", "--concurrency=1", "--ui=stream", "--log-order=stream"];
  const child = spawn(join(binaries, "turbo"), [...args, "--log-prefix=none", ...filters, "--", ...paths], {
    cwd: root,
    env: {
      ...process.env,
      PATH: `${binaries}${delimiter}${process.env["PATH"]}`,
      DO_NOT_TRACK: "1",
      TURBO_TELEMETRY_DISABLED: "1",
      // npm's own lines around every script would bury the results.
      npm_config_loglevel: "silent",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    onLine(line);
  }
  return promise;
}
