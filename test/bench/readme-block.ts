import { readFileSync, writeFileSync } from "node:fs";

const readme = new URL("../../packages/http/README.md", import.meta.url);

/** Puts text between `<!-- name -->` and `<!-- /name -->` in the README of `@seaworthy/http`, and prints it. */
export function writeBlock(name: string, text: string): void {
  const page = readFileSync(readme, "utf8");
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`Expected ${begin}… ${end} in ${readme.pathname}, got no such block.`);
  writeFileSync(readme, `${page.slice(0, from + begin.length)}\n${text.trim()}\n\n${page.slice(to)}`);
  console.log(`\n${text.trim()}`);
}
