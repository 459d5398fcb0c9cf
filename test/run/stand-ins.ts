import { existsSync } from "node:fs";
import { join } from "node:path";
import * as exported from "@opentelemetry/api";
import type { Plugin } from "rolldown";

const api = "@opentelemetry/api";

/** Packages in whose place a bundle has a file of our own. */
const hooks = ["require-in-the-middle", "import-in-the-middle"];

/** Packages that a bundle does not import by their names, though they are among the dependencies. */
export const stoodFor: readonly string[] = [api, ...hooks];

/**
 * Has everything inside a bundle take `@opentelemetry/api`, which stays outside, by the package's own `loadApi`, and in
 * place of what hooks into the loading of modules what the package has instead.
 */
export function standIns(folder: string): Plugin {
  const loaded = join(folder, "src/loaded-api.ts");
  const noHooks = join(folder, "src/instrumentation/no-hooks.ts");
  const names = Object.keys(exported).filter((name) => name !== "default");
  return {
    name: "stand-ins",
    resolveId: {
      order: "pre",
      handler(specifier) {
        if (specifier === api) return { id: loaded, moduleSideEffects: false };
        return hooks.includes(specifier) && existsSync(noHooks) ? noHooks : null;
      },
    },
    load: (id) =>
      id === loaded
        ? `import { loadApi } from "./load-api.ts";
          export const { ${names.join(", ")} } = /* @__PURE__ */ loadApi();`
        : null,
  };
}
