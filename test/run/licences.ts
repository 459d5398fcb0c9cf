import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "rolldown";

interface Inside {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

/** Lists the packages that went into a bundle, with their versions and the texts of their licences. */
export const licencesOf = (folder: string): Plugin => ({
  name: "licences",
  generateBundle(_options, files) {
    const modules = Object.values(files).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
    const roots = new Set(modules.filter((id) => id.includes("/node_modules/")).map(packageRootOf));
    if (roots.size === 0) return;
    const inside = [...roots].map(read).toSorted((one, other) => one.name.localeCompare(other.name));
    this.emitFile({ type: "asset", fileName: "LICENCES.md", source: pageOf(inside, nameOf(folder)) });
  },
});

const nameOf = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { readonly name: string }).name;

function packageRootOf(file: string): string {
  const at = file.lastIndexOf("/node_modules/") + "/node_modules/".length;
  const [first = "", second = ""] = file.slice(at).split("/");
  return join(file.slice(0, at), first, first.startsWith("@") ? second : "");
}

function read(root: string): Inside {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const file = readdirSync(root).find((name) => /^licen[cs]e(\.|$)/i.test(name));
  const path = join(root, file ?? "LICENSE");
  const { name, version, license = "unknown" } = manifest;
  return {
    name,
    version,
    licence: license,
    text: existsSync(path) ? readFileSync(path, "utf8").replaceAll("\r\n", "\n").trim() : "",
  };
}

/** The same text comes once, however many packages it covers. */
function pageOf(inside: readonly Inside[], name: string): string {
  const rows = inside.map((each) => `| ${each.name} | ${each.version} | ${each.licence} |`);
  const texts = Map.groupBy(
    inside.filter(({ text }) => text !== ""),
    ({ text }) => text,
  );
  const sections = [...texts].map(
    ([text, packages]) => `## ${packages.map((each) => each.name).join(", ")}\n\n\`\`\`text\n${text}\n\`\`\``,
  );
  return [
    `# What is inside ${name}`,
    ["| package | version | licence |", "| --- | --- | --- |", ...rows].join("\n"),
    ...sections,
    "",
  ].join("\n\n");
}
