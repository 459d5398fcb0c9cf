// `npm run prometheus:build`: builds Prometheus and promtool with Go, into a cache outside the tree, and prints the
// folder as its last line. What is there is used again.

import { buildOnce, go } from "../go-build.ts";
import { builtPrograms } from "./programs.ts";
import { prometheusVersion } from "./version.ts";

const module = "github.com/prometheus/prometheus";
const moduleVersion = prometheusVersion.replace(/^3\.(\d+)\./, "v0.3$1.");

/** The exit code of a machine that cannot build: nothing is wrong with what would be built. */
const unavailable = 69;

try {
  const folder = buildOnce(builtPrograms, (into) =>
    go(
      [
        "install",
        "-trimpath",
        // Of the ways to find targets, those of the configuration: the clouds would double the build.
        "-tags=remove_all_sd,enable_kubernetes_sd",
        `-ldflags=-s -w -X github.com/prometheus/common/version.Version=${prometheusVersion}`,
        `${module}/cmd/prometheus@${moduleVersion}`,
        `${module}/cmd/promtool@${moduleVersion}`,
      ],
      { GOBIN: into },
    ),
  );
  console.log(folder);
} catch (error) {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const isWithoutGo = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  console.error(`${isWithoutGo ? "ERR_PROMETHEUS_NO_GO" : "ERR_PROMETHEUS_BUILD"}: ${message}`);
  process.exitCode = isWithoutGo ? unavailable : 1;
}
