import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fromRoot, pages, root } from "./packages.ts";
import { type Block, moduleOf, typescriptBlocksOf } from "./readme-blocks.ts";

// Inside the workspace, so that imports resolve as they do in a test.
const folder = join(import.meta.dirname, "../.cache/readme");

const readmes = pages.filter((page) => page.endsWith("README.md"));
const blocks = readmes.flatMap((page) =>
  typescriptBlocksOf(readFileSync(page, "utf8")).map((block): Block & { page: string } => ({ ...block, page })),
);

function fileNameOf({ page, line }: { page: string; line: number }): string {
  return `${fromRoot(page).replaceAll("/", "__")}.${line}.ts`;
}

describe("TypeScript in the READMEs", () => {
  test("is always checked", () => {
    const flagged = blocks
      .filter(({ flags }) => flags !== "")
      .map((block) => `${fileNameOf(block)}: ts ${block.flags}`);
    assert.deepEqual(flagged, [], "expected a plain ts fence; give what the page leaves out in a comment above it");
  });

  test("compiles against the sources", { skip: blocks.length === 0 && "no blocks yet" }, () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const block of blocks) writeFileSync(join(folder, fileNameOf(block)), moduleOf(block));
    const config = {
      extends: join(root, "test/tsconfig.json"),
      include: ["*.ts"],
      references: [],
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, incremental: false, rootDir: root },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], {
      encoding: "utf8",
    });
    const errors = `${stdout}${stderr}`
      .trim()
      .split("\n")
      .filter((line) => line !== "");
    assert.deepEqual(errors, [], "each error names the README, the line its block begins on, and its own line");
  });
});
