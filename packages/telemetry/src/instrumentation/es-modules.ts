import { createRequire, register, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { libraries } from "./libraries.ts";
import { type PackageFile, packageOf } from "./package-of.ts";

type Resolve = NonNullable<Parameters<typeof registerHooks>[0]["resolve"]>;
type Load = NonNullable<Parameters<typeof registerHooks>[0]["load"]>;

/**
 * Called with each file of a package that is resolved, its folder as a URL. What it returns resolves it instead, to a
 * module that wraps it. It must not throw.
 */
export type ImportListener = (file: PackageFile) => Resolve | undefined;

/**
 * Watches files of some packages being resolved. Files of CommonJS need not be watched here, also where an ES module
 * hands them on: a hook like this makes every import and every require of the process slower.
 */
export function onImport(packages: ReadonlySet<string>, listener: ImportListener): Disposable {
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      const result = nextResolve(specifier, context);
      const file = packageOf(result.url, "/");
      if (file === undefined || !packages.has(file.name)) return result;
      return listener(file)?.(specifier, context, nextResolve) ?? result;
    },
  });
  return { [Symbol.dispose]: () => hooks.deregister() };
}

interface Hook {
  readonly resolveSync: Resolve;
  readonly loadSync: Load;
  applyOptions(options: { shouldInclude(url: string): boolean }): void;
}

/**
 * Has ES modules of some packages wrapped by the copy of import-in-the-middle that their instrumentation is bound to:
 * another copy's wrappers would not reach it. Where Node cannot do that in this thread (before 22.22.3 and 24.11.1) a
 * loader thread does, at some 100 ms of CPU and 18 MB.
 *
 * @param instrumentation A file of the instrumentation's package.
 * @returns What wraps the file that is being resolved; undefined where that is done without us.
 */
export function wrapModules(instrumentation: string, packages: readonly string[]): Resolve | undefined {
  const { pathToFileURL } = process.getBuiltinModule("node:url");
  const require = createRequire(createRequire(instrumentation).resolve("@opentelemetry/instrumentation"));
  const folder = dirname(require.resolve("import-in-the-middle/package.json"));
  const wrapped = wrappedBy.get(folder);
  for (const name of packages) wrapped?.add(name);
  if (wrapped !== undefined) return undefined;

  const included = new Set(packages);
  wrappedBy.set(folder, included);
  const file = join(folder, "create-hook.mjs");
  const { createHook, supportsSyncHooks } = require(file) as {
    createHook(meta: { readonly url: string }): Hook;
    supportsSyncHooks(): boolean;
  };
  if (!supportsSyncHooks()) {
    // What it wraps has to be said before it starts.
    const include = esModulePackages.map((name) => new RegExp(`/node_modules/${name}/`));
    register(pathToFileURL(join(folder, "hook.mjs")), { data: { include } });
    // The thread has not seen the one that is being resolved.
    return (specifier, context, nextResolve) => nextResolve(specifier, context);
  }
  const hook = createHook({ url: pathToFileURL(file).href });
  hook.applyOptions({ shouldInclude: (url) => included.has(packageOf(url, "/")?.name ?? "") });
  registered.set(folder, registerHooks({ resolve: hook.resolveSync, load: hook.loadSync }));
  return hook.resolveSync;
}

/** Has no more ES modules wrapped. A loader thread cannot be taken back: what it wraps is handed on as it is. */
export function stopWrapping(): void {
  for (const [folder, hooks] of registered) {
    hooks.deregister();
    wrappedBy.delete(folder);
  }
  registered.clear();
}

/** The packages that each copy of import-in-the-middle wraps. */
const wrappedBy = new Map<string, Set<string>>();

/** What wraps them in this thread. */
const registered = new Map<string, ReturnType<typeof registerHooks>>();

const esModulePackages = libraries.filter(({ esModules }) => esModules).flatMap(({ packages }) => packages);
