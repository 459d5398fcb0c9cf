// Part of `npm run version-packages`: changesets writes the new version into package.json, this into src/version.ts.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromRoot, packages } from "./packages.ts";

for (const { folder, manifest, sources } of packages) {
  const file = join(folder, "src/version.ts");
  if (!sources.includes(file)) continue;
  writeFileSync(file, readFileSync(file, "utf8").replace(/"\d[^"]*"/, JSON.stringify(manifest.version)));
  console.log(`${fromRoot(file)}: ${manifest.version}`);
}
