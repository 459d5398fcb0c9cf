import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "../run/workspaces.ts";

interface PrometheusConfiguration {
  readonly otlp: { readonly promote_resource_attributes: readonly string[] };
}

const { otlp } = parse(
  readFileSync(join(root, "collector/prometheus/prometheus.yml"), "utf8"),
) as PrometheusConfiguration;

/** The labels that every series has by the configuration of Prometheus, whatever its metric. */
export const labelsOfTargets: ReadonlySet<string> = new Set([
  "job",
  "instance",
  ...otlp.promote_resource_attributes.map((attribute) => attribute.replaceAll(".", "_")),
]);
