/** How many services a dashboard is about: the one that was chosen, or as many. */
export type Breadth = "one" | "several";

/** Narrows a query down to what was chosen, and to what else it names. */
export type Select = (...more: readonly string[]) => string;

/**
 * The labels that tell whose a series is. They are the same on both roads: promoted by Prometheus from what comes over
 * OTLP, and set by its relabelling where it scrapes.
 */
export const identity = {
  namespace: "service_namespace",
  service: "service_name",
  pod: "k8s_pod_name",
  instance: "instance",
} as const;

/** The labels of one process, and its name in a legend: outside of Kubernetes it has no pod. */
export const process = {
  by: `${identity.instance}, ${identity.pod}`,
  legend: `{{${identity.pod}}} {{${identity.instance}}}`,
} as const;

/** Series of the services that were chosen, whether they tell of an instance or not. */
export function servicesIn(breadth: Breadth): Select {
  const service = breadth === "one" ? `${identity.service}="$service"` : `${identity.service}=~"$service"`;
  return selector(`${identity.namespace}=~"$namespace"`, service);
}

/** Series of the instances that were chosen. */
export function instancesIn(breadth: Breadth): Select {
  const services = servicesIn(breadth);
  return (...more) => services(`${identity.pod}=~"$pod"`, `${identity.instance}=~"$instance"`, ...more);
}

/** A selector that begins with these matchers. */
export const selector =
  (...chosen: readonly string[]): Select =>
  (...more) =>
    `{${[...chosen, ...more].join(", ")}}`;
