/** What looks around on this machine, and what asks a cloud. */
export type LocalDetector = "container" | "host" | "k8s" | "os" | "process" | "serviceinstance";
export type CloudDetector = "alibaba" | "aws" | "azure" | "gcp";

const clouds: readonly CloudDetector[] = ["alibaba", "aws", "azure", "gcp"];

/** Which detectors run. */
export interface DetectorChoice {
  runs(detector: LocalDetector): boolean;
  readonly clouds: readonly CloudDetector[];
}

/**
 * Reads `OTEL_NODE_RESOURCE_DETECTORS`: `all`, as by default, are those of this machine; one that asks a cloud runs only
 * when it is named. What the environment says, and the name of the service, do not depend on it.
 */
export function choiceOf(names: readonly string[] = ["all"]): DetectorChoice {
  const chosen = new Set(names.map((name) => (name === "service" ? "serviceinstance" : name)));
  return {
    runs: (detector) => chosen.has("all") || chosen.has(detector),
    clouds: clouds.filter((cloud) => chosen.has(cloud)),
  };
}
