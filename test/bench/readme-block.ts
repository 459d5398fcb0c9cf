import { readFileSync, writeFileSync } from "node:fs";

/** Prints text, and puts it between `<!-- name -->` and `<!-- /name -->` in the README of a package. */
export function writeBlock(name: string, text: string, short: "http" | "telemetry" = "http"): void {
  console.log(`\n${text.trim()}`);
  const readme = new URL(`../../packages/${short}/README.md`, import.meta.url);
  const page = readFileSync(readme, "utf8");
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`Expected ${begin}… ${end} in ${readme.pathname}, got no such block.`);
  writeFileSync(readme, `${page.slice(0, from + begin.length)}\n${text.trim()}\n\n${page.slice(to)}`);
}
