import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Ports, usual } from "./ports.ts";

const folder = join(import.meta.dirname, "../../collector/prometheus");

/**
 * The text of prometheus.local.yml for a copy elsewhere: its targets on the ports of these parts, and the files that it
 * names beside itself where they are.
 */
export function prometheusConfiguration(ports: Ports): string {
  const moved = new Map([
    [`localhost:${usual.prometheus}`, `127.0.0.1:${ports.prometheus}`],
    [`localhost:${usual.collectorMetrics}`, `127.0.0.1:${ports.collectorMetrics}`],
  ]);
  return readFileSync(join(folder, "prometheus.local.yml"), "utf8")
    .replaceAll(/\blocalhost:\d+/g, (target) => moved.get(target) ?? target)
    .replaceAll(/\b\w+\/\*\.yml/g, (files) => JSON.stringify(join(folder, files)));
}
