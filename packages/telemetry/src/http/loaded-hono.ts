import { join } from "node:path";
import type { Tell } from "../channels.ts";
import { applicationIn, entryFolder } from "../instrumentation/application.ts";
import { packageOf } from "../instrumentation/package-of.ts";
import { guardWith } from "./guard.ts";
import { type HonoRouterClass, watchHonoRoutes } from "./hono-route.ts";
import { watchLoadedFiles } from "./loaded-files.ts";

/**
 * Makes the routes of Hono known. Of CommonJS every copy is met as it is loaded. Of ES modules nobody tells, and a hook
 * would slow all of them: so where the application has Hono installed, the two small files of its routers are imported,
 * which are those that the application has or will have.
 */
export function watchLoadedHono(tell: Tell): Disposable {
  const guard = guardWith(tell, "the routes of Hono");
  const watched = new Map<HonoRouterClass, Disposable>();
  let isWatching = true;

  const onRouter = guard((exports: unknown): void => {
    for (const name of Object.keys(routers)) {
      const Router = (exports as Readonly<Record<string, HonoRouterClass | undefined>>)[name];
      if (Router && isWatching && !watched.has(Router)) watched.set(Router, watchHonoRoutes(Router));
    }
  });
  const importRouters = guard((): void => {
    const folder = applicationIn(entryFolder()).folderOf("hono");
    if (folder === undefined) return;
    const { pathToFileURL } = process.getBuiltinModule("node:url");
    for (const file of Object.values(routers)) {
      // One that a version does not have is not used by it either.
      import(pathToFileURL(join(folder, "dist", file)).href).then(onRouter, () => {});
    }
  });
  const loading = watchLoadedFiles(isRouter, onRouter);
  importRouters();

  return {
    [Symbol.dispose]() {
      isWatching = false;
      for (const handle of [loading, ...watched.values()]) handle[Symbol.dispose]();
    },
  };
}

/** The routers that are asked first, and their files, which are where they are since Hono 3. */
const routers = {
  SmartRouter: "router/smart-router/router.js",
  PatternRouter: "router/pattern-router/router.js",
} as const;

const isRouter = (filename: string): boolean =>
  /[\\/]router[\\/](?:smart|pattern)-router[\\/]router\.js$/.test(filename) && packageOf(filename)?.name === "hono";
