import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { test } from "node:test";
import { withoutFences } from "./markdown.ts";
import { fromRoot, pages } from "./packages.ts";

const LINK = /\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)/gm;

function linksOf(page: string): string[] {
  const text = withoutFences(readFileSync(page, "utf8")).replaceAll(/`[^`\n]*`/g, "");
  return [...text.matchAll(LINK)].map(([, inline, reference]) => inline ?? reference ?? "");
}

/** Headings become anchors as on GitHub. */
function anchorsOf(page: string): string[] {
  const headings = withoutFences(readFileSync(page, "utf8")).matchAll(/^#{1,6} (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

function isBroken(page: string, link: string): boolean {
  if (/^[a-z]+:/i.test(link)) return false;
  const [path = "", anchor] = decodeURI(link).split("#");
  const target = path === "" ? page : resolve(dirname(page), path);
  if (!existsSync(target)) return true;
  return anchor !== undefined && target.endsWith(".md") && !anchorsOf(target).includes(anchor);
}

test("every relative link in Markdown leads somewhere", () => {
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => isBroken(page, link))
      .map((link) => `${fromRoot(page)} links to ${link}`),
  );
  assert.deepEqual(broken, []);
});
