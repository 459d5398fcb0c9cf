import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundle } from "../run/bundle.ts";
import { type Manifest, type Package, packages, root } from "../structure/packages.ts";

/** One packed package, as npm would publish it. */
export interface Tarball {
  readonly name: string;
  readonly manifest: Manifest;
  readonly path: string;
  readonly bytes: number;
  readonly files: readonly string[];
}

export interface Packed extends Disposable {
  /** A clean clone, built. */
  readonly workspace: string;
  /** Where users may have theirs: above it nothing is installed. */
  readonly folder: string;
  readonly tarballs: readonly Tarball[];
}

const PUBLISHED = ["src", "package.json", "tsconfig.json", "README.md", "LICENSE"];

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) symlinkSync(target, path);
}

/** Copies what a clean clone has, so that nothing a former build left behind is packed. */
function copySources(folder: string): void {
  for (const file of ["package.json", "tsconfig.json"]) cpSync(join(root, file), join(folder, file));
  for (const { short, manifest, folder: source } of packages) {
    const copy = join(folder, "packages", short);
    for (const entry of PUBLISHED.filter((name) => existsSync(join(source, name)))) {
      cpSync(join(source, entry), join(copy, entry), { recursive: true });
    }
    link(copy, join(folder, "node_modules", manifest.name));
  }
  const modules = join(root, "node_modules");
  const installed = readdirSync(modules).filter((name) => !name.startsWith(".") && name !== "@seaworthy");
  for (const name of installed) link(join(modules, name), join(folder, "node_modules", name));
}

function pack(folder: string, { short, manifest }: Package): Tarball {
  const args = ["pack", "--json", "--ignore-scripts", "--loglevel=error", `--pack-destination=${folder}`];
  const output = execFileSync("npm", args, { cwd: join(folder, "packages", short), encoding: "utf8" });
  const parsed = JSON.parse(output) as PackReport[] | Record<string, PackReport>;
  const [report] = Object.values(parsed);
  if (report === undefined) throw new Error(`Expected npm pack to report on ${manifest.name}, got ${output}`);
  const files = report.files.map(({ path }) => path);
  return { name: manifest.name, manifest, path: join(folder, report.filename), bytes: report.size, files };
}

interface PackReport {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** Builds and packs all packages in a folder of their own. */
export async function packAll(): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-pack-"));
  const workspace = join(folder, "workspace");
  mkdirSync(workspace);
  copySources(workspace);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const projects = packages.map(({ short }) => join(workspace, "packages", short));
  execFileSync(process.execPath, [tsc, "-b", ...projects], { encoding: "utf8" });
  for (const project of projects) await bundle(project);
  return {
    workspace,
    folder,
    tarballs: packages.map((one) => pack(workspace, one)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
