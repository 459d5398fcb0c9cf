import { createRequire } from "node:module";
import type { Tell } from "../channels.ts";
import { onCompile } from "../instrumentation/compile-hook.ts";
import { packageOf } from "../instrumentation/package-of.ts";
import { guardWith } from "./guard.ts";
import { type KoaClass, watchKoaRoutes } from "./koa-route.ts";

/** Makes the routes of every Koa known that the application has loaded, or will load: it is CommonJS, however imported. */
export function watchLoadedKoa(tell: Tell): Disposable {
  const guard = guardWith(tell, "the routes of Koa");
  const watched: Disposable[] = [];
  const watch = guard((exports: unknown): void => void watched.push(watchKoaRoutes(exports as KoaClass)));
  for (const [filename, module] of Object.entries(require.cache)) {
    if (isKoa(filename) && module?.loaded === true) watch(module.exports);
  }
  const loading = onCompile((filename) => (isKoa(filename) ? ({ exports }) => watch(exports) : undefined));
  return {
    [Symbol.dispose]() {
      for (const handle of [loading, ...watched]) handle[Symbol.dispose]();
    },
  };
}

const isKoa = (filename: string): boolean =>
  /[\\/]koa[\\/]lib[\\/]application\.js$/.test(filename) && packageOf(filename)?.name === "koa";

const require = createRequire(import.meta.url);
