// `npm run collector:build [-- --lock]`: has the Collector's builder write the program of the manifest, compiles it with
// the modules of go.mod and go.sum, keeps the binary in the cache, and prints its path as the last line of stdout. With
// --lock it resolves the manifest's modules anew into go.mod and go.sum, for after a change of the manifest.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildOnce, go } from "../go-build.ts";
import { buildFolder, distribution, otelcol } from "./binary.ts";

const builder = "go.opentelemetry.io/collector/cmd/builder";

/** Whose modules go.sum covers: the machines that people build on. */
const platforms = ["linux", "darwin", "windows"];

/** The exit code of a machine that cannot build: nothing is wrong with what would be built. */
const unavailable = 69;

const manifest = readFileSync(join(import.meta.dirname, "manifest.yaml"), "utf8");
const version = /^ {2}version: (\S+)$/m.exec(manifest)?.[1] ?? "";

if (process.argv.includes("--lock")) {
  if (hasGo()) lock();
} else {
  const found = otelcol();
  if ("path" in found) console.log(found.path);
  else if (process.env["OTELCOL_BIN"]) refuse("ERR_COLLECTOR_BINARY", `${found.missing}. Name an otelcol, or none.`, 1);
  else if (hasGo()) build();
}

function build(): void {
  try {
    const folder = buildOnce(buildFolder(), (into) => {
      const sources = join(into, "sources");
      generate(sources);
      for (const name of ["go.mod", "go.sum"]) copyFileSync(join(import.meta.dirname, name), join(sources, name));
      go(
        [
          "build",
          "-mod=readonly",
          "-buildvcs=false",
          "-trimpath",
          "-ldflags=-s -w",
          "-o",
          join(into, distribution),
          ".",
        ],
        { GOWORK: "off" },
        sources,
      );
      rmSync(sources, { recursive: true });
    });
    console.log(join(folder, distribution));
  } catch (error) {
    refuse("ERR_COLLECTOR_BUILD", error instanceof Error ? error.message : String(error), 1);
  }
}

function lock(): void {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-collector-"));
  try {
    generate(folder);
    const modules = [...manifest.matchAll(/- gomod: (\S+ \S+)/g)].map(([, module]) => `\t${module}\n`);
    const requires = [...modules, `\tgo.opentelemetry.io/collector/otelcol v${version}\n`].join("");
    writeFileSync(join(folder, "go.mod"), `module ${distribution}\n\ngo 1.26.0\n\nrequire (\n${requires})\n`);
    for (const GOOS of platforms) {
      // Not `go mod tidy`: that also asks for what only the tests of modules import.
      const list = ["list", "-mod=mod", "-deps", "-f", "{{if .Incomplete}}{{.ImportPath}}{{end}}", "."];
      go(list, { GOOS, GOWORK: "off" }, folder);
    }
    for (const name of ["go.mod", "go.sum"]) copyFileSync(join(folder, name), join(import.meta.dirname, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the program's sources, and neither go.mod nor go.sum. */
function generate(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "manifest.yaml");
  writeFileSync(config, manifest.replace(/^dist:$/m, `dist:\n  output_path: ${JSON.stringify(folder)}`));
  go(["run", `${builder}@v${version}`, "--config", config, "--skip-get-modules", "--skip-compilation"], {}, folder);
}

function hasGo(): boolean {
  const isThere = spawnSync("go", ["version"], { stdio: "ignore" }).error === undefined;
  if (!isThere) {
    const advice = "Install Go, or name a Collector that is there in OTELCOL_BIN.";
    refuse("ERR_COLLECTOR_NO_GO", `Expected Go on the PATH to build the Collector, found none. ${advice}`, unavailable);
  }
  return isThere;
}

function refuse(code: string, message: string, exitCode: number): void {
  console.error(`${code}: ${message}`);
  process.exitCode = exitCode;
}
