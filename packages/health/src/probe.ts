/** A question that the kubelet asks. */
export type Probe = "startup" | "liveness" | "readiness";

/** The probes, in the order in which a process meets them. */
export const probes: readonly Probe[] = ["startup", "liveness", "readiness"];
