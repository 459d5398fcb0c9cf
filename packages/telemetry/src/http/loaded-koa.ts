import type { Tell } from "../channels.ts";
import { applicationIn, entryFolder } from "../instrumentation/application.ts";
import { packageOf } from "../instrumentation/package-of.ts";
import { guardWith } from "./guard.ts";
import { type KoaClass, watchKoaRoutes } from "./koa-route.ts";
import { watchLoadedFiles } from "./loaded-files.ts";

/** Makes the routes of every Koa known that the application has loaded, or will load: it is CommonJS, however imported. */
export function watchLoadedKoa(tell: Tell): Disposable {
  const guard = guardWith(tell, "the routes of Koa");
  const watched: Disposable[] = [];
  const loading = watchLoadedFiles(
    isKoa,
    guard((exports: unknown): void => void watched.push(watchKoaRoutes(exports as KoaClass))),
  );
  return {
    [Symbol.dispose]() {
      for (const handle of [loading, ...watched]) handle[Symbol.dispose]();
    },
  };
}

function isKoa(filename: string): boolean {
  if (!/[\\/]lib[\\/]application\.js$/.test(filename)) return false;
  const { name } = packageOf(filename) ?? {};
  return name === "koa" || (name !== undefined && applicationIn(entryFolder()).aliased(name) === "koa");
}
