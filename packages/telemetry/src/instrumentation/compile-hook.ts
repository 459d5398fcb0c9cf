import { Module } from "node:module";

/** What of a CommonJS module is used. */
export interface CommonJsModule {
  readonly filename: string;
  readonly loaded: boolean;
  exports: unknown;
}

/** Called with the name of each file of CommonJS before it runs. What it returns is called when the file has run. */
export type CompileListener = (filename: string) => ((module: CommonJsModule) => void) | undefined;

type Compile = (this: CommonJsModule, content: string, filename: string, ...rest: unknown[]) => unknown;

const { prototype, _cache: cache } = Module as unknown as {
  readonly prototype: { _compile: Compile };
  readonly _cache: Readonly<Record<string, CommonJsModule>>;
};

/** The files of CommonJS that were loaded before, or are being loaded. */
export const loadedFiles = (): [string, CommonJsModule][] => Object.entries(cache);

/*
 * Every file of CommonJS comes by here once, whoever asks for it, by `require` or by `import`, and what it exports is set
 * here before anybody has it. Node's hooks for customisation see it too, at three times the price: with a hook for
 * `resolve` every import and every require costs some 60 µs more, and one for `load` doubles that.
 */

/** Watches files of CommonJS being loaded, where Node lets itself be watched. A listener must not throw. */
export function onCompile(listener: CompileListener): Disposable {
  const original: unknown = prototype["_compile"];
  let watching = true;
  if (typeof original !== "function") return { [Symbol.dispose]() {} };

  const watched: Compile = function _compile(content, filename, ...rest) {
    const hasRun = watching ? listener(filename) : undefined;
    const result: unknown = (original as Compile).call(this, content, filename, ...rest);
    hasRun?.(this);
    return result;
  };
  const { enumerable = false } = Object.getOwnPropertyDescriptor(prototype, "_compile") ?? {};
  const put = (value: unknown): boolean =>
    // It is frozen in a process that has been hardened.
    Reflect.defineProperty(prototype, "_compile", { configurable: true, enumerable, writable: true, value });
  put(watched);

  return {
    [Symbol.dispose]() {
      watching = false;
      // Somebody else may have put theirs on top.
      if (prototype["_compile"] === watched) put(original);
    },
  };
}
