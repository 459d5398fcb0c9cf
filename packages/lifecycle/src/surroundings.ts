import type { Lifecycle } from "./lifecycle.ts";
import { findLaunchers, passesSigterm } from "./launchers.ts";

/** Says once how the process will learn that it should stop: as PID 1 or not, and who stands in SIGTERM's way. */
export function tellSurroundings(lifecycle: Lifecycle): void {
  lifecycle.publish("notice", {
    code: "pid",
    message:
      process.pid === 1
        ? "Running as PID 1: OS signals arrive directly."
        : `Running as PID ${process.pid}, not as PID 1: OS signals arrive if PID 1 of the container passes them on.`,
  });

  const launchers = findLaunchers();
  if (launchers.length === 0) return;
  const chain = [...launchers.toReversed().map(({ name, pid }) => `${name} (${pid})`), `node (${process.pid})`];
  const consequence = launchers.every(passesSigterm)
    ? 'SIGTERM takes a detour, and the exit code may not be ours. Start node itself, such as CMD ["node", "server.js"].'
    : "in a container SIGTERM will not arrive here, or not leave the time to drain. Start node itself, such as " +
      'CMD ["node", "server.js"], or put `exec` before it in the script.';
  lifecycle.publish("notice", { code: "launcher", message: `Started through ${chain.join(" → ")}: ${consequence}` });
}
