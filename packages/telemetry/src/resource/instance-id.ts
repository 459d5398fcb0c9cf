import type { ReadText, Surroundings } from "./surroundings.ts";

let random: string | undefined;

/**
 * What tells this instance from the others of its service. In a pod whose names are all known, these names, as the
 * conventions have it for Kubernetes: they stay when a container restarts. Else a random UUID, the same for as long as
 * the process lives.
 */
export function instanceIdOf(
  known: Readonly<Record<string, unknown>>,
  { division, readText }: Pick<Surroundings, "division" | "readText">,
): string {
  const names = ["k8s.namespace.name", "k8s.pod.name", "k8s.container.name"].map((key) => known[key]);
  if (names.every((name) => typeof name === "string" && name !== "")) {
    return [...names, ...(division === undefined ? [] : [division])].join(".");
  }
  random ??= randomUuid(readText);
  return random;
}

/** The kernel has random UUIDs at hand (random(4)); `node:crypto` takes ten milliseconds to load. */
function randomUuid(readText: ReadText): string {
  const fromKernel = readText("/proc/sys/kernel/random/uuid")?.trim() ?? "";
  const isUuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(fromKernel);
  return isUuid ? fromKernel : process.getBuiltinModule("node:crypto").randomUUID();
}
